/// A package's files, as its header has them: base names with indexes into directory names.
public struct FileList: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case file, directory
        /// Owned, but not brought along (%ghost). A ghost that is a directory is a directory.
        case ghost
    }

    public struct Entry: Sendable, Hashable {
        /// Index into `directories`.
        public var directory: Int
        public var name: [UInt8]
        public var kind: Kind

        public init(directory: Int, name: [UInt8], kind: Kind) {
            self.directory = directory
            self.name = name
            self.kind = kind
        }
    }

    /// Each with a slash at its end.
    public let directories: [[UInt8]]
    public let entries: [Entry]

    public static let empty = FileList(directories: [], checked: [])

    /// Nil if an entry's directory does not exist: such a header is corrupt.
    public init?(directories: [[UInt8]], entries: [Entry]) {
        guard entries.allSatisfy({ directories.indices.contains($0.directory) }) else {
            return nil
        }
        self.init(directories: directories, checked: entries)
    }

    private init(directories: [[UInt8]], checked: [Entry]) {
        self.directories = directories
        entries = checked
    }

    public func path(_ entry: Entry) -> [UInt8] { directories[entry.directory] + entry.name }

    var paths: some Sequence<[UInt8]> { entries.lazy.map(path) }

    /// Whether primary metadata lists a file (createrepo_c's misc.h, cr_is_primary): what other
    /// packages commonly require by path.
    public static func isPrimary(_ path: [UInt8]) -> Bool {
        path.starts(with: etc) || path == sendmail || contains(path, bin)
    }

    private static let etc = Array("/etc/".utf8)
    private static let sendmail = Array("/usr/lib/sendmail".utf8)
    private static let bin = Array("bin/".utf8)

    private static func contains(_ path: [UInt8], _ part: [UInt8]) -> Bool {
        guard path.count >= part.count else { return false }
        for start in 0...(path.count - part.count) where path[start] == part[0] {
            if path[start..<(start + part.count)].elementsEqual(part) { return true }
        }
        return false
    }
}
