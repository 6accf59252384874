internal import Digests

extension PackageRecord {
    /// Reads a package's piece of primary metadata, as far as a record needs it.
    public init(reading piece: Span<UInt8>) throws(PieceError) {
        var fields = RecordFields()
        var place = 0
        while let tag = PieceTag.next(in: piece, from: place) {
            fields.take(tag, piece)
            place = tag.end
            // The rest is long and says nothing of this.
            if tag.isNamed("format", piece) && fields.location != nil { break }
        }
        self = try fields.record()
    }
}

/// A package's identity in filelists and other metadata.
public enum PieceIdentity {
    /// The `pkgid` of a piece in lower case, as it is written.
    public static func packageID(of piece: Span<UInt8>) throws(PieceError) -> [UInt8] {
        guard let tag = PieceTag.next(in: piece, from: 0), let id = tag.value("pkgid", piece) else {
            throw PieceError(offset: 0, what: "a package has no pkgid")
        }
        return id
    }
}

private struct RecordFields {
    var name: [UInt8]?
    var arch: [UInt8]?
    var evr: EVR?
    var location: [UInt8]?
    var base: [UInt8]?
    var digest: Digest?
    var size: Int64?
    var fileTime: Int64 = 0
    var buildTime: Int64 = 0

    mutating func take(_ tag: PieceTag, _ bytes: Span<UInt8>) {
        if tag.isNamed("name", bytes) {
            name = tag.text(bytes)
        } else if tag.isNamed("arch", bytes) {
            arch = tag.text(bytes)
        } else if tag.isNamed("version", bytes) {
            evr = EVR(
                epoch: tag.value("epoch", bytes) ?? [], version: tag.value("ver", bytes) ?? [],
                release: tag.value("rel", bytes) ?? [])
        } else if tag.isNamed("checksum", bytes) {
            digest = Self.digest(tag.value("type", bytes), tag.text(bytes))
        } else if tag.isNamed("time", bytes) {
            fileTime = Self.number(tag.value("file", bytes)) ?? 0
            buildTime = Self.number(tag.value("build", bytes)) ?? 0
        } else if tag.isNamed("size", bytes) {
            size = Self.number(tag.value("package", bytes))
        } else if tag.isNamed("location", bytes) {
            location = tag.value("href", bytes)
            base = tag.value("xml:base", bytes)
        }
    }

    func record() throws(PieceError) -> PackageRecord {
        guard let name, !name.isEmpty else { throw lacking("name", "a package") }
        let shown = "package '\(String(decoding: name, as: UTF8.self))'"
        guard let location, !location.isEmpty else { throw lacking("location", shown) }
        guard let digest else { throw lacking("usable checksum", shown) }
        guard let arch else { throw lacking("arch", shown) }
        guard let evr else { throw lacking("version", shown) }
        guard let size, size >= 0 else { throw lacking("size", shown) }
        return PackageRecord(
            name: name, arch: arch, evr: evr, location: location, base: base, digest: digest,
            size: size, fileTime: fileTime, buildTime: buildTime)
    }

    private func lacking(_ what: String, _ of: String) -> PieceError {
        PieceError(offset: 0, what: "\(of) has no \(what)")
    }

    private static func digest(_ type: [UInt8]?, _ hex: [UInt8]?) -> Digest? {
        guard let type, let hex,
            let algorithm = DigestAlgorithm(rawValue: String(decoding: type, as: UTF8.self))
        else { return nil }
        return Digest(algorithm, hex: String(decoding: hex, as: UTF8.self))
    }

    private static func number(_ text: [UInt8]?) -> Int64? {
        text.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }
}
