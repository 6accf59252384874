internal import FoundationEssentials
internal import Glibc
internal import Host

/// The records of transactions, one file each, below the root. Whoever writes holds the lock of
/// ``InstallLock``.
public struct TransactionHistory: Sendable {
    static let folder = "/var/lib/howdah/transactions"
    /// Older ones are removed.
    public static let maximumRecords = 1000
    static let maximumRecord = 8 << 20

    private let files: Files

    public init(root: String) { files = Files(root: root) }

    /// The newest last. A record that cannot be read is an error: it may be one that was cut off.
    public func records() throws -> [TransactionRecord] { try numbers().map(record) }

    func last() throws -> TransactionRecord? { try numbers().last.map(record) }

    func nextNumber() throws -> Int { (try numbers().last ?? 0) + 1 }

    func write(_ record: TransactionRecord) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try files.makeDirectory(Self.folder)
        try files.write(Array(try encoder.encode(record)), to: path(record.number))
        if record.result != .begun { try? files.remove(progressPath(record.number)) }
        for old in try numbers().dropLast(Self.maximumRecords) { try files.remove(path(old)) }
    }

    // MARK: - Progress

    /// Where to note the packages of a transaction that are whole, one a line. What a power cut
    /// takes away of it is only done twice.
    func progress(of number: Int) throws -> ProgressFile {
        try ProgressFile(path: files.resolve(progressPath(number)))
    }

    func finished(in number: Int) throws -> Set<String> {
        let text = try files.textIfPresent(progressPath(number), limit: Self.maximumRecord) ?? ""
        // A line that was cut off has no end.
        let whole = text.lastIndex(of: "\n").map { text[..<$0] } ?? ""
        return Set(whole.split(separator: "\n").map(String.init))
    }

    /// Takes away what a power cut left behind the record of a transaction that is over.
    func forgetProgress() throws {
        guard files.exists(Self.folder) else { return }
        for name in try files.list(Self.folder) where name.hasSuffix(".progress") {
            try files.remove("\(Self.folder)/\(name)")
        }
    }

    // MARK: - Files

    private func numbers() throws -> [Int] {
        guard files.exists(Self.folder) else { return [] }
        return try files.list(Self.folder).compactMap { name in
            name.hasSuffix(".json") ? Int(name.dropLast(5)) : nil
        }.sorted()
    }

    private func record(_ number: Int) throws -> TransactionRecord {
        let path = path(number)
        do {
            let bytes = try files.read(path, limit: Self.maximumRecord)
            return try JSONDecoder().decode(TransactionRecord.self, from: Data(bytes))
        } catch {
            throw InstallError.localFile(
                path: path, reason: "it is no record of a transaction; remove it")
        }
    }

    private func path(_ number: Int) -> String { "\(Self.folder)/\(number).json" }
    private func progressPath(_ number: Int) -> String { "\(Self.folder)/\(number).progress" }
}

/// A file that lines are added to.
final class ProgressFile: Sendable {
    private let descriptor: Int32

    init(path: String) throws(InstallError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .localFile(path: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    /// A line that is lost, as on a full disk, is only done twice.
    func add(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
