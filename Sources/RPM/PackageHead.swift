/// What comes before a package's payload: lead, signature header, header.
struct PackageHead {
    static let leadSize = 96
    static let leadMagic: [UInt8] = [0xed, 0xab, 0xee, 0xdb]

    let signature: PackageHeader
    let header: PackageHeader
    /// Where the header is in the file, in bytes; the payload comes after it.
    let range: Range<Int>

    enum Reading {
        case head(PackageHead)
        /// At least so many bytes from the file's start are needed to go on.
        case more(Int)
    }

    /// Reads from the start of a file. Nothing is trusted.
    static func read(
        _ bytes: UnsafeRawBufferPointer, path: String
    ) throws(PackageFileError) -> Reading {
        var needed = leadSize + PackageHeader.introSize
        guard bytes.count >= needed else { return .more(needed) }
        guard leadMagic.indices.allSatisfy({ bytes[$0] == leadMagic[$0] }) else {
            throw .malformed(path: path, what: "it does not begin as an RPM does")
        }
        let first = try size(bytes, at: leadSize, "signature header", path)
        // The signature header is padded so that the main one begins at a multiple of 8.
        let start = leadSize + (first + 7) / 8 * 8
        needed = start + PackageHeader.introSize
        guard bytes.count >= needed else { return .more(needed) }
        let second = try size(bytes, at: start, "header", path)
        needed = start + second
        guard bytes.count >= needed else { return .more(needed) }
        return .head(
            PackageHead(
                signature: try header(bytes, leadSize, first, "signature header", path),
                header: try header(bytes, start, second, "header", path),
                range: start..<needed))
    }

    private static func size(
        _ bytes: UnsafeRawBufferPointer, at place: Int, _ what: String, _ path: String
    ) throws(PackageFileError) -> Int {
        let intro = Array(bytes[place..<(place + PackageHeader.introSize)])
        guard let size = PackageHeader.bodySize(intro: intro) else {
            throw .malformed(path: path, what: "its \(what) does not begin as one does")
        }
        return PackageHeader.introSize + size
    }

    private static func header(
        _ bytes: UnsafeRawBufferPointer, _ place: Int, _ size: Int, _ what: String, _ path: String
    ) throws(PackageFileError) -> PackageHeader {
        guard let header = PackageHeader(bytes: Array(bytes[place..<(place + size)])) else {
            throw .malformed(path: path, what: "its \(what) points out of itself")
        }
        return header
    }

    /// Bytes of the payload when unpacked; 0 if the package does not say.
    var archiveSize: Int64 {
        let stated =
            signature.numbers(SignatureTag.longArchiveSize.rawValue).first
            ?? signature.numbers(SignatureTag.payloadSize.rawValue).first
            ?? header.number(.archiveSize)
        return Int64(clamping: stated ?? 0)
    }
}
