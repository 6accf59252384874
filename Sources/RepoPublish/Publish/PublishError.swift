/// Why a repository was not published.
public enum PublishError: Error, Sendable, Hashable {
    case notIndexed(path: String)
    case unreadable(path: String, reason: String)
    /// A file is not what the index says of it.
    case changed(path: String, expected: String, found: String)
    case badPath(String)
    case unsignedOverSigned(store: String)
    /// A package's path is taken at the store.
    case otherContent(store: String, path: String)
    case conflict(store: String, path: String)
}

extension PublishError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notIndexed(let path):
            "'\(path)' is missing; run 'howdah repo index' on the directory first"
        case .unreadable(let path, let reason):
            "'\(path)' cannot be used: \(reason); run 'howdah repo index' again"
        case .changed(let path, let expected, let found):
            "'\(path)' changed since it was indexed: expected \(expected), found \(found); "
                + "run 'howdah repo index' again"
        case .badPath(let path):
            "the index names '\(path)', which is not below the repository's root"
        case .unsignedOverSigned(let store):
            "'\(store)' is signed, and this repository is not; index it with --sign"
        case .otherContent(let store, let path):
            "'\(store)' has another package at '\(path)', and readers of the index there would "
                + "find the wrong content; raise its release and build it again"
        case .conflict(let store, let path):
            "somebody else published to '\(store)' in the meantime ('\(path)' changed); nothing "
                + "of theirs was replaced; take their packages in, index and publish again"
        }
    }
}
