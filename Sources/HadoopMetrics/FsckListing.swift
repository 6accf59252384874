/// What a NameNode prints on `/fsck` with `files`, `blocks`, `locations` and `openforwrite`
/// (`NamenodeFsck.java`), read line by line: it has several lines for each file that there is.
public struct FsckListing: Sendable, Equatable {
    /// Paths that are kept of the open files.
    public static let maximumPaths = 20

    public private(set) var files = 0
    /// The most copies that a file asks for, and one that does.
    public private(set) var highestReplication = 0
    public private(set) var highestPath: String?
    /// Files whose last block is being written on one of the addresses.
    public private(set) var openCount = 0
    public private(set) var openPaths: [String] = []
    /// Blocks on one of the addresses with fewer live copies than their file asks for, and than
    /// two: what was being written when a node was emptied is not counted by the NameNode.
    public private(set) var thinCount = 0
    public private(set) var thinPath: String?
    /// False until the NameNode has said how it found the whole: what was cut short says nothing.
    public private(set) var isWhole = false
    /// Its own words where it could not look through the whole.
    public private(set) var failure: String?

    private let addresses: Set<String>
    private var path: String?
    private var replication: Int?
    private var isUnderConstruction = false

    /// Looks for files that are being written on any of these addresses.
    public init(addresses: Set<String> = []) { self.addresses = addresses }

    /// The path of a request for the whole of HDFS. `user` is who asks: the superuser sees all.
    public static func request(user: String) -> String {
        "/fsck?ugi=\(HadoopValue.word(user))&path=%2F&openforwrite=1&files=1&blocks=1&locations=1"
    }

    /// The next line.
    public mutating func read(_ line: String) {
        if line.hasPrefix("/"), let file = Self.file(line) {
            files += 1
            path = file.path
            replication = file.replication
            isUnderConstruction = false
            note(replication: file.replication)
        } else if line.hasPrefix("Under Construction Block") {
            isUnderConstruction = true
        } else if isUnderConstruction, let path, isHere(line) {
            openCount += 1
            if openPaths.count < Self.maximumPaths { openPaths.append(path) }
            isUnderConstruction = false
        } else if line.hasPrefix("The filesystem under path '/' is ") {
            isWhole = true
        } else if line.lowercased().hasPrefix("fsck on path '/' failed") {
            failure = line
        } else {
            block(line)
        }
    }

    /// Hadoop 3 tells how many live copies there are; Hadoop 2 as many as there are, and nothing of
    /// the file.
    private mutating func block(_ line: String) {
        if let copies = Self.number(after: " repl=", in: line) { note(replication: copies) }
        guard let live = Self.number(after: " Live_repl=", in: line), let path,
            live < min(replication ?? 2, 2), isHere(line)
        else { return }
        thinCount += 1
        thinPath = thinPath ?? path
    }

    private mutating func note(replication: Int?) {
        guard let replication, replication > highestReplication else { return }
        highestReplication = replication
        highestPath = path
    }

    /// `[DatanodeInfoWithStorage[10.0.0.3:9866,DS-…,DISK], …]`
    private func isHere(_ line: String) -> Bool {
        addresses.contains { line.contains("[\($0):") }
    }

    /// `/a path 190 bytes, replicated: replication=3, 1 block(s), OPENFORWRITE:  OK`; nil for a
    /// folder. A path may hold anything: what is Hadoop's own is at the end.
    private static func file(_ line: String) -> (path: String, replication: Int?)? {
        guard let mark = line.ranges(of: " bytes, ").last,
            let space = line[..<mark.lowerBound].lastIndex(of: " ")
        else { return nil }
        return (String(line[..<space]), number(after: "replication=", in: line[mark.upperBound...]))
    }

    private static func number(after word: String, in text: some StringProtocol) -> Int? {
        let text = String(text)
        guard let range = text.ranges(of: word).last else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isNumber })
    }
}
