/// Why a file is not taken for a package.
public enum PackageFileError: Error, Sendable, Hashable {
    /// The system's own error number for opening or reading.
    case unreadable(path: String, code: Int32)
    /// The file ends before what its headers announce.
    case truncated(path: String, expected: Int64, found: Int64)
    /// Something that no package has at that place.
    case malformed(path: String, what: String)
    /// A digest that the package states of itself is not that of its bytes.
    case wrongDigest(path: String, what: String, expected: String, found: String)
}

extension PackageFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let code):
            "'\(path)' cannot be read: errno \(code)"
        case .truncated(let path, let expected, let found):
            "'\(path)' is truncated: expected \(expected) bytes, found \(found); copy it again"
        case .malformed(let path, let what):
            "'\(path)' is no package that rpm could read: \(what)"
        case .wrongDigest(let path, let what, let expected, let found):
            "'\(path)' is corrupt: its \(what) should be \(expected) but is \(found); copy it again"
        }
    }
}
