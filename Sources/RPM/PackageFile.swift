public import Digests

/// A package file that was read once from start to end, and whose own digests were found right.
public struct PackageFile: Sendable {
    static let leadSize = 96
    static let leadMagic: [UInt8] = [0xed, 0xab, 0xee, 0xdb]

    public let path: String
    public let header: PackageHeader
    /// Of the whole file.
    public let digest: Digest
    /// Bytes of the file.
    public let size: Int64
    /// Seconds since 1970.
    public let modified: Int64
    /// Where the main header is in the file, in bytes.
    public let headerRange: Range<Int64>
    /// Bytes of the payload when unpacked; 0 if the package does not say.
    public let archiveSize: Int64

    /// Reads a file. Header and payload are checked against every digest that the package states
    /// of them, as rpm does; that it was signed is not checked here.
    public static func read(
        _ path: String, algorithm: DigestAlgorithm = .sha256
    ) throws(PackageFileError) -> PackageFile {
        var stream = try PackageStream.open(path, algorithm)
        let lead = try stream.take(leadSize)
        guard lead.starts(with: leadMagic) else {
            throw .malformed(path: path, what: "it does not begin as an RPM does")
        }
        let signature = try header(&stream, "signature header")
        // The signature header is padded so that the main one begins at a multiple of 8.
        _ = try stream.take((8 - signature.bytes.count % 8) % 8)
        let start = stream.offset
        let main = try header(&stream, "header")
        let end = stream.offset
        try PackageDigests(path: path, signature: signature, header: main)
            .check(&stream, from: start)
        return PackageFile(
            path: path, header: main, digest: stream.finish(), size: stream.offset,
            modified: stream.modified, headerRange: start..<end,
            archiveSize: archiveSize(signature, main))
    }

    private static func header(
        _ stream: inout PackageStream, _ what: String
    ) throws(PackageFileError) -> PackageHeader {
        let intro = try stream.take(PackageHeader.introSize)
        guard let size = PackageHeader.bodySize(intro: intro) else {
            throw .malformed(path: stream.path, what: "its \(what) does not begin as one does")
        }
        guard let header = PackageHeader(bytes: intro + (try stream.take(size))) else {
            throw .malformed(path: stream.path, what: "its \(what) points out of itself")
        }
        return header
    }

    private static func archiveSize(_ signature: PackageHeader, _ main: PackageHeader) -> Int64 {
        let stated =
            signature.numbers(SignatureTag.longArchiveSize.rawValue).first
            ?? signature.numbers(SignatureTag.payloadSize.rawValue).first
            ?? main.number(.archiveSize)
        return Int64(clamping: stated ?? 0)
    }
}
