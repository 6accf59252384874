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
        let plan = PublishPlan(local, remote: remote)
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
        for phase in [prepared.plan.packages, prepared.plan.metadata] {
            _ = try await Bounded.map(phase, limit: Self.parallelUploads) { upload in
                _ = try await store.put(upload, nil)
                progress(upload)
            }
        }
        if let repomd = prepared.plan.repomd {
            try await replace(repomd, prepared, progress)
        }
        return outcome(prepared, isDryRun: false)
    }

    public func outcome(_ prepared: PreparedPublish, isDryRun: Bool) -> PublishOutcome {
        PublishOutcome(
            store: store.name, revision: prepared.revision,
            sent: prepared.plan.uploads.map { .init(path: $0.path, size: $0.size) },
            unchanged: prepared.plan.unchanged.count, isDryRun: isDryRun)
    }

    /// The signature and what it signs are two objects. A publisher that loses the race for the
    /// second one puts the first one back, if nobody replaced it since.
    private func replace(
        _ repomd: Upload, _ prepared: PreparedPublish, _ progress: (Upload) -> Void
    ) async throws {
        do {
            guard let signature = prepared.plan.signature else {
                _ = try await store.put(repomd, prepared.condition(prepared.repomdTag))
                progress(repomd)
                return
            }
            let old = try await store.read(PublishPlan.signaturePath)
            let tag = try await store.put(signature, prepared.condition(prepared.signatureTag))
            progress(signature)
            do {
                _ = try await store.put(repomd, prepared.condition(prepared.repomdTag))
                progress(repomd)
            } catch let conflict as StoreConflict {
                if let old {
                    var back = signature
                    back.content = .bytes(old.bytes)
                    back.size = Int64(old.bytes.count)
                    _ = try? await store.put(back, .matches(tag))
                }
                throw conflict
            }
        } catch let conflict as StoreConflict {
            throw PublishError.conflict(store: store.name, path: conflict.path)
        }
    }
}

/// A plan with what was at the store when it was made.
public struct PreparedPublish: Sendable {
    public let plan: PublishPlan
    public let revision: String
    let repomdTag: String?
    let signatureTag: String?

    func condition(_ tag: String?) -> PutCondition { tag.map { .matches($0) } ?? .absent }
}
