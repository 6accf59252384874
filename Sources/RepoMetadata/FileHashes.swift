/// What a package's header says of its files' contents.
public struct FileHashes: Sendable, Hashable {
    /// As createrepo_c names it; a package that names none has MD5 sums, and createrepo_c calls
    /// that `unknown`.
    public let algorithm: String
    /// Where each file's hash is in its ``FileList``'s bytes, in the order of the files, in
    /// hexadecimal; empty for what is no plain file.
    public let places: [Range<Int>]

    /// `number` is the header's name for the algorithm (RFC 4880, section 9.4).
    public init(algorithm number: UInt64?, places: [Range<Int>]) {
        algorithm =
            switch number {
            case 1: "md5"
            case 2: "sha1"
            case 8: "sha256"
            case 9: "sha384"
            case 10: "sha512"
            case 11: "sha224"
            default: "unknown"
            }
        self.places = places
    }
}

/// The file of `filelists-ext` metadata: what filelists says, with the files' hashes
/// (createrepo_c's xml_dump_filelists.c, since 0.21).
public enum HashedFileLists {
    /// As `repomd.xml` calls it.
    public static let type = "filelists-ext"

    /// What comes before the first package.
    public static func opening(packageCount: Int) -> [UInt8] {
        let namespace = "http://linux.duke.edu/metadata/filelists-ext"
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        return Array(
            "\(declaration)<filelists-ext xmlns=\"\(namespace)\" packages=\"\(packageCount)\">\n"
                .utf8)
    }

    /// What comes after the last one.
    public static let closing = Array("</filelists-ext>".utf8)

    /// Whether a package's piece has the hashes: createrepo_c's `--update` loses them in what it
    /// takes over, and sometimes also how they were made. A package that has nothing but symbolic
    /// links, which have none, cannot be told from that.
    public static func isComplete(_ piece: Span<UInt8>) -> Bool {
        var hasPlain = false
        var place = 0
        while let tag = PieceTag.next(in: piece, from: place) {
            place = tag.end
            if tag.isNamed("checksum", piece) {
                if tag.value("type", piece)?.isEmpty != false { return false }
            } else if tag.isNamed("file", piece) {
                if tag.value("hash", piece) != nil { return true }
                hasPlain = hasPlain || tag.value("type", piece) == nil
            }
        }
        return !hasPlain
    }
}

extension PieceWriter {
    /// A package's piece of it.
    public mutating func piece(
        _ package: Package, _ hashes: FileHashes
    ) throws(PackageTextError) -> [UInt8] {
        writer.begin()
        writer.filelists(package, hashes)
        if writer.hasForbidden {
            throw PackageTextError(location: String(decoding: package.location, as: UTF8.self))
        }
        return writer.take()
    }
}
