/// The last step of publishing. The signature and what it signs are two objects: if the second
/// one cannot be stored, the first one is put back as it was.
struct IndexSwitch: Sendable {
    let store: any ObjectStore
    let prepared: PreparedPublish

    func run(_ repomd: Upload, _ progress: (Upload) -> Void) async throws {
        do {
            guard let signature = prepared.plan.signature else {
                try await put(repomd, prepared.repomdTag)
                progress(repomd)
                return
            }
            let old = try await store.read(PublishPlan.signaturePath)
            do {
                try await put(signature, prepared.signatureTag)
                progress(signature)
                try await put(repomd, prepared.repomdTag)
                progress(repomd)
            } catch {
                await restore(signature, old?.bytes)
                throw error
            }
        } catch let conflict as StoreConflict {
            throw PublishError.conflict(store: store.name, path: conflict.path)
        }
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
            var back = signature
            back.content = .bytes(old)
            back.size = Int64(old.count)
            _ = try? await store.put(back, .matches(tag))
        }.value
    }

    /// The entity tag of what is there if that has our content.
    private func tagOfOurs(_ upload: Upload) async -> String? {
        await Task {
            guard case .bytes(let ours) = upload.content,
                let found = try? await store.read(upload.path), found.bytes == ours
            else { return nil }
            return found.entityTag
        }.value
    }
}
