/// The last step of a change. The signature and what it signs are two objects: if the second one
/// cannot be stored, the first one is put back as it was.
struct IndexSwitch: Sendable {
    let store: any ObjectStore
    /// What was there when the change was decided on.
    let remote: RemoteRepository

    /// Throws ``StoreConflict`` if somebody else stored one of them since.
    func run(_ repomd: Upload, signature: Upload?) async throws {
        guard let signature else {
            try await put(repomd, remote.repomd?.entityTag)
            return
        }
        do {
            try await put(signature, remote.signature?.entityTag)
            try await put(repomd, remote.repomd?.entityTag)
        } catch {
            await restore(signature, remote.signature?.bytes)
            throw error
        }
        await settle(repomd, signature)
    }

    /// A request whose answer was lost may have been carried out, and its repetition is then
    /// refused because of it. So what is there decides, whatever the error is.
    private func put(_ upload: Upload, _ tag: String?) async throws {
        do {
            _ = try await store.put(upload, tag.map { .matches($0) } ?? .absent)
        } catch {
            guard await tagOfOurs(upload) != nil else { throw error }
        }
    }

    /// Best effort: the error that led here is the one to be told.
    private func restore(_ signature: Upload, _ old: [UInt8]?) async {
        guard let tag = await tagOfOurs(signature) else { return }
        // A task of its own, since this one may have been cancelled.
        await Task {
            guard let old else {
                try? await store.delete(signature.path)
                return
            }
            _ = try? await store.put(Upload.small(signature.path, old), .matches(tag))
        }.value
    }

    /// Another publisher may have stored a signature between our two requests, and is now refused.
    /// If it was killed before it took that back, ours is put there again. Best effort: it is the
    /// signature of what readers see, and the next change does this too.
    private func settle(_ repomd: Upload, _ signature: Upload) async {
        guard case .bytes(let ours) = signature.content,
            let found = try? await store.read(
                signature.path, limit: RepositoryLimits.repomd),
            found.bytes != ours, await tagOfOurs(repomd) != nil
        else { return }
        _ = try? await store.put(signature, .matches(found.entityTag))
    }

    /// The entity tag of what is there if that has our content.
    private func tagOfOurs(_ upload: Upload) async -> String? {
        await Task {
            guard case .bytes(let ours) = upload.content,
                let found = try? await store.read(upload.path, limit: RepositoryLimits.repomd),
                found.bytes == ours
            else { return nil }
            return found.entityTag
        }.value
    }
}
