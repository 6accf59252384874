/// A package's files, as its header has them: base names with indexes into directory names, all of
/// them places in one array of bytes, since there are many.
public struct FileList: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case file, directory
        /// Owned, but not brought along (%ghost). A ghost that is a directory is a directory.
        case ghost
    }

    public struct Entry: Sendable, Hashable {
        /// Index into `directories`.
        public let directory: Int
        /// Where its name is in `bytes`.
        public let name: Range<Int>
        public let kind: Kind

        public init(directory: Int, name: Range<Int>, kind: Kind) {
            self.directory = directory
            self.name = name
            self.kind = kind
        }
    }

    public let bytes: [UInt8]
    /// Where directory names are in `bytes`, each with a slash at its end.
    public let directories: [Range<Int>]
    public let entries: [Entry]

    public static let empty = FileList(checked: [], [], [])

    /// Nil if an entry's directory does not exist: such a header is corrupt. The ranges must be
    /// inside `bytes`.
    public init?(bytes: [UInt8], directories: [Range<Int>], entries: [Entry]) {
        guard entries.allSatisfy({ directories.indices.contains($0.directory) }) else {
            return nil
        }
        self.init(checked: bytes, directories, entries)
    }

    /// Files by the index of their directory, their name and their kind.
    public init?(directories: [[UInt8]], files: [(Int, [UInt8], Kind)]) {
        var bytes: [UInt8] = []
        func add(_ text: [UInt8]) -> Range<Int> {
            bytes += text
            return (bytes.count - text.count)..<bytes.count
        }
        let places = directories.map(add)
        let entries = files.map { Entry(directory: $0.0, name: add($0.1), kind: $0.2) }
        self.init(bytes: bytes, directories: places, entries: entries)
    }

    private init(checked bytes: [UInt8], _ directories: [Range<Int>], _ entries: [Entry]) {
        self.bytes = bytes
        self.directories = directories
        self.entries = entries
    }

    public func path(_ entry: Entry) -> [UInt8] {
        let directory = directories[entry.directory]
        return [UInt8](unsafeUninitializedCapacity: directory.count + entry.name.count) {
            buffer, count in
            for (place, byte) in bytes[directory].enumerated() { buffer[place] = byte }
            for (place, byte) in bytes[entry.name].enumerated() {
                buffer[directory.count + place] = byte
            }
            count = directory.count + entry.name.count
        }
    }

    var paths: some Sequence<[UInt8]> { entries.lazy.map(path) }

    /// For each directory, whether primary metadata lists what is in it: nil where the whole path
    /// must be looked at.
    var primaryDirectories: [Bool?] {
        directories.map { range in
            let name = Array(bytes[range])
            if Self.isPrimary(name) { return true }
            // Base names have no slash, so that a name makes a path primary only where the
            // directory is the beginning of what is wanted.
            let isPartial = Self.etc.starts(with: name) || Self.sendmail.starts(with: name)
            return isPartial || name.last != UInt8(ascii: "/") ? nil : false
        }
    }

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
