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
    case readOnly(store: String)
    case notListed(store: String)
    case needsKey(store: String)
    case plainName(path: String)
    case missingMetadata(store: String, path: String)
    case missingPackage(store: String, path: String)
    case nothingThere(store: String)
    case noMatch(store: String, pattern: String)
    case tooManyRemoved(store: String, count: Int, limit: Int)
    case twice(path: String, other: String)
    case noHistory(store: String, key: String)
    case noState(store: String, wanted: String)
    case unsignedState(store: String, key: String)
    case publishedMeanwhile(store: String)
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
        case .needsKey(let store):
            "what is at '\(store)' or comes there is signed, and the new index is neither's: give "
                + "the key with --sign"
        case .plainName(let path):
            "'\(path)' has no checksum in its name, and who reads the old index would find the new "
                + "file; index with --unique-md-filenames"
        case .otherContent(let store, let path):
            "'\(store)' has another package at '\(path)', and readers of the index there would "
                + "find the wrong content; raise its release and build it again"
        case .conflict(let store, let path):
            "others publish to '\(store)' without end ('\(path)' changed each time); nothing of "
                + "theirs was replaced; try again later"
        case .readOnly(let store):
            "'\(store)' can only be read; name the bucket or the directory behind it"
        case .notListed(let store):
            "'\(store)' cannot be listed; name the bucket or the directory behind it"
        case .missingMetadata(let store, let path):
            "'\(store)' has no '\(path)', which its index names; publish the directory again"
        case .missingPackage(let store, let path):
            "'\(store)' has no '\(path)' as its index says; publish that package again"
        case .nothingThere(let store):
            "nothing is published at '\(store)'; is the name right?"
        case .noMatch(let store, let pattern):
            "no package at '\(store)' matches '\(pattern)'; is it spelled as 'dnf list' has it?"
        case .tooManyRemoved(let store, let count, let limit):
            "\(count) packages would go from '\(store)', and the limit is \(limit); "
                + "if that is meant, give --max-delete \(count)"
        case .twice(let path, let other):
            "'\(path)' and '\(other)' would come to the same place; give one of them"
        case .noHistory(let store, let key):
            "'\(store)' has no record of what was there before '\(key)'"
        case .noState(let store, let wanted):
            "'\(store)' has no earlier state '\(wanted)'; 'howdah repo log' lists them"
        case .unsignedState(let store, let key):
            "'\(store)' is signed, and its state '\(key)' was not; publish that one again"
        case .publishedMeanwhile(let store):
            "somebody published to '\(store)' just now, and nothing was rolled back; look at "
                + "'howdah repo log' first"
        }
    }
}
