/// A package that was not indexed, and why.
public struct LeftOut: Sendable, Hashable, Codable {
    /// Relative to the repository's root.
    public let path: String
    public let reason: String
}

/// Packages of one name, epoch, version, release and architecture.
public struct DuplicatePackages: Sendable, Hashable, Codable, CustomStringConvertible {
    public let package: String
    /// Their places in metadata.
    public let locations: [String]

    public var description: String {
        "'\(package)' as " + locations.map { "'\($0)'" }.joined(separator: ", ")
    }
}

/// What indexing came to.
public struct IndexOutcome: Sendable, Codable {
    public let packages: Int
    /// How many of them were read; what is known of the others was in the index already.
    public let read: Int
    public let leftOut: [LeftOut]
    public let duplicates: [DuplicatePackages]
    public let revision: String
    /// False if the metadata that was there already said the same; nothing was written then.
    public let wasWritten: Bool
    /// Metadata files, relative to the repository's root.
    public let files: [String]
    public let isSigned: Bool
}

/// What happens while an index is made, for whoever watches.
public enum IndexEvent: Sendable, Hashable {
    case walking
    case found(Int)
    /// Packages that the old index knows.
    case loaded(Int)
    /// To be read, by so many workers.
    case reading(Int, workers: Int)
    /// So many were read so far.
    case read(Int, of: Int)
    case leftOut(LeftOut)
    case finished(leftOut: Int)
}
