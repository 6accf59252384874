public import RepoMetadata

/// Why metadata that is there cannot be worked with.
public enum StateError: Error, Sendable, Hashable {
    case damaged(file: MetadataFile, reason: String)
    /// The files list other packages, or in another order.
    case disagreement(file: MetadataFile, position: Int, expected: String, found: String)
    case tooMany(limit: Int)
    case noSuchPackage(position: Int)
}

extension StateError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .damaged(let file, let reason):
            "the \(file.rawValue) metadata cannot be used: \(reason); index the packages again"
        case .disagreement(let file, let position, let expected, let found):
            "package \(position + 1) of the \(file.rawValue) metadata is '\(found)', "
                + "but in primary '\(expected)'; index the packages again"
        case .tooMany(let limit):
            "the metadata lists more than \(limit) packages; make more than one repository"
        case .noSuchPackage(let position):
            "the repository has no package at position \(position)"
        }
    }
}
