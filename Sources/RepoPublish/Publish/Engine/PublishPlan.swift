/// What must be stored so that readers see another state, in the order in which they need it.
/// Making it does no I/O.
public struct PublishPlan: Sendable {
    /// After the packages; their names hold their checksums.
    public var metadata: [Upload] = []
    /// Copies and a record of the state, for rollback and log.
    public var history: [Upload] = []
    /// What was there before, where nobody kept a copy yet.
    public var past: [Upload] = []
    /// Just before `repomd.xml`; nil if the state is not signed.
    public var signature: Upload?
    /// The last.
    public var repomd: Upload

    static let repomdPath = "repodata/repomd.xml"
    static let signaturePath = "repodata/repomd.xml.asc"
    /// A name that holds a checksum never means anything else.
    static let forever = "public, max-age=31536000, immutable"
    static let never = "no-cache"

    /// In order.
    public var uploads: [Upload] {
        metadata + past + history + [signature, repomd].compactMap { $0 }
    }

    init(
        _ next: NextState, signature: [UInt8]?, after remote: RemoteRepository,
        record: HistoryRecord
    ) throws {
        metadata = next.metadata
        repomd = Upload.small(Self.repomdPath, next.repomd)
        self.signature = signature.map { Upload.small(Self.signaturePath, $0) }
        history.append(Upload.kept(HistoryKey.repomdPath(record.key), next.repomd))
        if let signature {
            history.append(Upload.kept(HistoryKey.signaturePath(record.key), signature))
        }
        history.append(Upload.kept(HistoryKey.recordPath(record.key), try record.bytes))
        guard let repomd = remote.repomd, let key = remote.key else { return }
        past.append(Upload.kept(HistoryKey.repomdPath(key.text), repomd.bytes))
        if let signature = remote.signature {
            past.append(Upload.kept(HistoryKey.signaturePath(key.text), signature.bytes))
        }
    }
}

extension Upload {
    /// What is replaced with each state.
    static func small(_ path: String, _ bytes: [UInt8]) -> Upload {
        Upload(path, bytes, cacheControl: PublishPlan.never)
    }

    /// What never changes.
    static func kept(_ path: String, _ bytes: [UInt8]) -> Upload {
        Upload(path, bytes, cacheControl: PublishPlan.forever)
    }

    private init(_ path: String, _ bytes: [UInt8], cacheControl: String) {
        self.init(
            path: path, content: .bytes(bytes), size: Int64(bytes.count),
            contentType: Self.contentType(path), cacheControl: cacheControl)
    }

    static func contentType(_ path: String) -> String {
        let types = [
            ".rpm": "application/x-rpm", ".xml": "application/xml", ".gz": "application/gzip",
            ".zst": "application/zstd", ".xz": "application/x-xz", ".bz2": "application/x-bzip2",
            ".asc": "application/pgp-signature", ".json": "application/json",
        ]
        return types.first { path.hasSuffix($0.key) }?.value ?? "application/octet-stream"
    }
}
