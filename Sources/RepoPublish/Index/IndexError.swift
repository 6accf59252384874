/// Why a tree was not indexed at all.
public enum IndexError: Error, Sendable, Hashable {
    case noDirectory(path: String)
    case tooDeep(path: String, limit: Int)
    case tooMany(limit: Int)
    case signing(reason: String)
}

extension IndexError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noDirectory(let path):
            "'\(path)' is no directory; name the one that holds the packages"
        case .tooDeep(let path, let limit):
            "'\(path)' is more than \(limit) directories deep; does a link lead back up?"
        case .tooMany(let limit):
            "there are more than \(limit) packages; make more than one repository"
        case .signing(let reason):
            "repomd.xml could not be signed: \(reason)"
        }
    }
}
