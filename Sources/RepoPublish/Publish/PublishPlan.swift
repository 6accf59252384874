internal import Digests

/// What must be stored so that a place holds what a directory does, and in which order. Making it
/// does no I/O.
public struct PublishPlan: Sendable {
    /// In any order among themselves, before anything that names them.
    public var packages: [Upload] = []
    /// After the packages; their names hold their checksums.
    public var metadata: [Upload] = []
    /// Just before `repomd.xml`; nil if there is none or it is there already.
    public var signature: Upload?
    /// The last; nil if it is there already, and then `signature` is nil too.
    public var repomd: Upload?
    /// Paths that are there already with the same content.
    public var unchanged: [String] = []

    /// All of it, in order.
    public var uploads: [Upload] {
        packages + metadata + [signature, repomd].compactMap { $0 }
    }

    static let repomdPath = "repodata/repomd.xml"
    static let signaturePath = "repodata/repomd.xml.asc"
    /// A name that holds a checksum never means anything else.
    static let forever = "public, max-age=31536000, immutable"
    static let never = "no-cache"

    /// `same` are the paths of packages whose content at the store was read and is the same.
    /// Throws ``PublishError/otherContent(store:path:)``, since the index that readers have now
    /// may name what is there.
    init(
        _ local: LocalRepository, store: String, remote: [String: StoredObject],
        same: Set<String> = []
    ) throws(PublishError) {
        for file in local.packages {
            if same.contains(file.path) {
                unchanged.append(file.path)
                continue
            }
            if let object = remote[file.path], object != file.object {
                throw .otherContent(store: store, path: file.path)
            }
            add(file, local, remote, to: \.packages, cache: nil)
        }
        for file in local.metadata { add(file, local, remote, to: \.metadata, cache: Self.forever) }
        let isSame =
            Self.isStored(local.repomd, remote[Self.repomdPath])
            && (local.signature.map { Self.isStored($0, remote[Self.signaturePath]) } ?? true)
        if isSame {
            unchanged.append(Self.repomdPath)
            return
        }
        signature = local.signature.map {
            Upload(
                path: Self.signaturePath, content: .bytes($0), size: Int64($0.count),
                contentType: "application/pgp-signature", cacheControl: Self.never)
        }
        repomd = Upload(
            path: Self.repomdPath, content: .bytes(local.repomd), size: Int64(local.repomd.count),
            contentType: "application/xml", cacheControl: Self.never)
    }

    private mutating func add(
        _ file: LocalRepository.File, _ local: LocalRepository,
        _ remote: [String: StoredObject], to list: WritableKeyPath<PublishPlan, [Upload]>,
        cache: String?
    ) {
        if remote[file.path] == file.object {
            unchanged.append(file.path)
            return
        }
        self[keyPath: list].append(
            Upload(
                path: file.path,
                content: .file(path: "\(local.root)/\(file.path)", sha256: file.digests.sha256),
                size: file.digests.size, contentType: Self.contentType(file.path),
                cacheControl: cache))
    }

    private static func isStored(_ bytes: [UInt8], _ object: StoredObject?) -> Bool {
        object
            == StoredObject(
                size: Int64(bytes.count), entityTag: "\"\(Digest.of(bytes, .md5).hex)\"")
    }

    private static func contentType(_ path: String) -> String {
        let types = [
            ".rpm": "application/x-rpm", ".xml": "application/xml", ".gz": "application/gzip",
            ".zst": "application/zstd", ".xz": "application/x-xz", ".bz2": "application/x-bzip2",
        ]
        return types.first { path.hasSuffix($0.key) }?.value ?? "application/octet-stream"
    }
}
