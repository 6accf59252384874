internal import Host

/// What publishing came to, or would come to.
public struct PublishOutcome: Sendable, Codable {
    public struct Sent: Sendable, Codable, Hashable {
        public let path: String
        /// Bytes.
        public let size: Int64
    }

    public let store: String
    public let revision: String
    /// In the order of the plan.
    public let sent: [Sent]
    /// How many objects were there already.
    public let unchanged: Int
    public let isDryRun: Bool
}

/// Publishes an indexed directory.
public struct Publisher: Sendable {
    /// Files that are sent at once.
    public static let parallelUploads = 4

    let directory: String
    let store: any ObjectStore

    /// `directory` must be absolute.
    public init(directory: String, store: any ObjectStore) {
        self.directory = directory
        self.store = store
    }

    /// Reads the directory and what is at the store, and says what must be done.
    public func prepare() async throws -> PreparedPublish {
        let local = try await LocalRepository.load(directory, workers: Self.parallelUploads)
        let remote = try await store.list()
        let plan = try PublishPlan(
            local, store: store.name, remote: remote,
            same: try await sameWithOtherTags(local, remote))
        let hasSignature = remote[PublishPlan.signaturePath] != nil
        if plan.repomd != nil && local.signature == nil && hasSignature {
            throw PublishError.unsignedOverSigned(store: store.name)
        }
        return PreparedPublish(
            plan: plan, revision: local.revision,
            repomdTag: remote[PublishPlan.repomdPath]?.entityTag,
            signatureTag: remote[PublishPlan.signaturePath]?.entityTag)
    }

    /// Carries a plan out. Until `repomd.xml` is replaced, by the last request, readers see the old
    /// state; that request is refused by the store if somebody else published since `prepare`.
    public func publish(
        _ prepared: PreparedPublish, progress: @escaping @Sendable (Upload) -> Void = { _ in }
    ) async throws -> PublishOutcome {
        _ = try await Bounded.map(prepared.plan.packages, limit: Self.parallelUploads) { upload in
            try await putNew(upload)
            progress(upload)
        }
        _ = try await Bounded.map(prepared.plan.metadata, limit: Self.parallelUploads) { upload in
            _ = try await store.put(upload, nil)
            progress(upload)
        }
        if let repomd = prepared.plan.repomd {
            try await IndexSwitch(store: store, prepared: prepared)
                .run(repomd, progress)
        }
        return outcome(prepared, isDryRun: false)
    }

    public func outcome(_ prepared: PreparedPublish, isDryRun: Bool) -> PublishOutcome {
        PublishOutcome(
            store: store.name, revision: prepared.revision,
            sent: prepared.plan.uploads.map { .init(path: $0.path, size: $0.size) },
            unchanged: prepared.plan.unchanged.count, isDryRun: isDryRun)
    }

    /// Packages whose size is right and whose entity tag is not an MD5 of theirs, as in buckets
    /// that encrypt with KMS: only their content tells.
    private func sameWithOtherTags(
        _ local: LocalRepository, _ remote: [String: StoredObject]
    ) async throws -> Set<String> {
        let unclear = local.packages.filter { file in
            remote[file.path].map { $0 != file.object && $0.size == file.digests.size } ?? false
        }
        let same = try await Bounded.map(unclear, limit: Self.parallelUploads) { file in
            try await store.sha256(file.path) == file.digests.sha256
        }
        return Set(zip(unclear, same).filter { $0.1 }.map { $0.0.path })
    }

    /// Stores a package where none is. What is there nevertheless may be ours, from an attempt the
    /// answer of which was lost, or the same package from another publisher.
    private func putNew(_ upload: Upload) async throws {
        do {
            _ = try await store.put(upload, .absent)
        } catch let conflict as StoreConflict {
            guard case .file(_, let sha256) = upload.content,
                try await store.sha256(upload.path) == sha256
            else { throw PublishError.otherContent(store: store.name, path: conflict.path) }
        }
    }
}

/// A plan with what was at the store when it was made.
public struct PreparedPublish: Sendable {
    public let plan: PublishPlan
    public let revision: String
    let repomdTag: String?
    let signatureTag: String?
}
