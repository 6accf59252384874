internal import CLinux
internal import Glibc

/// systemd's journal, told in its own protocol, so that an entry has fields beside its text
/// (systemd.io, "Native Journal Protocol").
public struct Journal: Sendable, Equatable {
    public static let socketPath = "/run/systemd/journal/socket"
    /// Set by systemd where standard output or error goes to the journal (systemd.exec(5)).
    public static let streamVariable = "JOURNAL_STREAM"
    /// Bytes of a field that are kept: a message of this machine's is at most some 200 KiB.
    static let maximumField = 16 << 10
    /// systemd.journal-fields(7).
    static let maximumName = 64

    /// Of syslog(3), as the journal has them.
    public enum Priority: Int, Sendable {
        case error = 3
        case warning = 4
        case info = 6
    }

    private let address: String
    private let identifier: String

    /// - Parameters:
    ///   - address: the socket's path.
    ///   - identifier: what `journalctl -t` looks for.
    public init(address: String = socketPath, identifier: String) {
        self.address = address
        self.identifier = identifier
    }

    /// Nil where our standard error does not go to the journal: what is said there is then enough.
    public static func behindStandardError(
        environment: [String: String], identifier: String
    ) -> Journal? {
        var status = stat()
        guard let stream = environment[streamVariable], fstat(STDERR_FILENO, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        else { return nil }
        return Journal(identifier: identifier)
    }

    /// Says whether it was taken. Names are of `A` to `Z`, digits and `_`, and do not begin with
    /// `_` or a digit; a field with another name is left out.
    @discardableResult
    public func send(
        _ message: String, priority: Priority = .info, fields: [String: String] = [:]
    ) -> Bool {
        var all = [
            ("MESSAGE", message), ("PRIORITY", "\(priority.rawValue)"),
            ("SYSLOG_IDENTIFIER", identifier),
        ]
        all += fields.sorted { $0.key < $1.key }.filter { Self.isName($0.key) }
        let entry = all.flatMap { Self.field($0.0, $0.1) }
        // A journal that hangs does not hold us up.
        return UnixDatagram.send(entry, to: address, waits: false)
    }

    /// A value with a line feed has its length before it, as 64 bits, the lowest byte first.
    static func field(_ name: String, _ value: String) -> [UInt8] {
        let bytes = Array(value.utf8.prefix(maximumField))
        let newline = UInt8(ascii: "\n")
        guard bytes.contains(newline) else {
            return Array(name.utf8) + [UInt8(ascii: "=")] + bytes + [newline]
        }
        let length = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) }
        return Array(name.utf8) + [newline] + length + bytes + [newline]
    }

    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximumName else { return false }
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return letters.contains(first)
            && name.utf8.allSatisfy {
                letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
            }
    }
}

/// The machine's console, where a cloud's console output shows what is said.
public enum Console {
    /// Says whether all of it was taken. A console that nobody reads does not hold anybody up.
    @discardableResult
    public static func write(_ text: String, paths: HostPaths) -> Bool {
        let flags = O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC
        do {
            let console = try FileHandle.open(paths.dev + "/console", flags, for: "write")
            try console.writeAll(Array(text.utf8)[...])
            return true
        } catch {
            return false
        }
    }
}
