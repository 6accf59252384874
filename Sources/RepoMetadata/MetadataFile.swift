/// The three metadata files that every repository has.
public enum MetadataFile: String, Sendable, Hashable, CaseIterable {
    case primary, filelists, other

    /// What comes before the first package (createrepo_c's xml_file.c).
    public func opening(packageCount: Int) -> [UInt8] {
        let namespace = "http://linux.duke.edu/metadata"
        let element =
            switch self {
            case .primary:
                "<metadata xmlns=\"\(namespace)/common\" xmlns:rpm=\"\(namespace)/rpm\""
            case .filelists: "<filelists xmlns=\"\(namespace)/filelists\""
            case .other: "<otherdata xmlns=\"\(namespace)/other\""
            }
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        return Array("\(declaration)\(element) packages=\"\(packageCount)\">\n".utf8)
    }

    /// What comes after the last package; no line ends it.
    public var closing: [UInt8] {
        switch self {
        case .primary: Array("</metadata>".utf8)
        case .filelists: Array("</filelists>".utf8)
        case .other: Array("</otherdata>".utf8)
        }
    }
}

/// A package's piece of each metadata file.
public struct PackagePieces: Sendable, Hashable {
    public let primary: [UInt8]
    public let filelists: [UInt8]
    public let other: [UInt8]

    /// Pieces that are there already, each with the line's end after it.
    public init(primary: [UInt8], filelists: [UInt8], other: [UInt8]) {
        self.primary = primary
        self.filelists = filelists
        self.other = other
    }

    /// Throws where text has a control character, which no XML can hold.
    public init(_ package: Package) throws(PackageTextError) {
        var writer = PieceWriter()
        self = try writer.pieces(package)
    }

    public subscript(file: MetadataFile) -> [UInt8] {
        switch file {
        case .primary: primary
        case .filelists: filelists
        case .other: other
        }
    }
}

/// Writes packages' pieces, with a buffer that is used again for the next one.
public struct PieceWriter {
    var writer = XMLWriter()

    public init() {}

    /// Throws where text has a control character, which no XML can hold.
    public mutating func pieces(_ package: Package) throws(PackageTextError) -> PackagePieces {
        writer.begin()
        writer.primary(package)
        let primary = writer.take()
        writer.filelists(package)
        let filelists = writer.take()
        writer.other(package)
        let other = writer.take()
        if writer.hasForbidden {
            throw PackageTextError(location: String(decoding: package.location, as: UTF8.self))
        }
        return PackagePieces(primary: primary, filelists: filelists, other: other)
    }
}

/// A package whose header has text that metadata cannot hold.
public struct PackageTextError: Error, Sendable, Hashable, CustomStringConvertible {
    public let location: String

    public var description: String {
        "'\(location)' has a control character in its header; build it again without"
    }
}
