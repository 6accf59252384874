public import Host

/// The boot's lines: to the console, to a log file below the root, and where systemd keeps a
/// journal there too, with fields to look for. None holds a secret, since no error does.
public struct BootLog: Sendable {
    public static let path = "/var/log/howdah/boot.log"

    private let files: Files
    private let console: @Sendable (String) -> Void
    private let journal: Journal?
    private let timestamp: @Sendable () -> String

    public init(
        files: Files, timestamp: @escaping @Sendable () -> String, journal: Journal? = nil,
        console: @escaping @Sendable (String) -> Void
    ) {
        self.files = files
        self.console = console
        self.journal = journal
        self.timestamp = timestamp
    }

    /// A line that cannot be written to the file is on the console at least: a full disk must not
    /// stop a boot.
    public func line(_ text: String) {
        entry(text)
    }

    /// A line with what a program may look for in the journal: `journalctl HOWDAH_STEP=packages`.
    func entry(
        _ text: String, _ priority: Journal.Priority = .info, fields: [LogField: String] = [:]
    ) {
        let named = fields.map { ($0.key.rawValue, $0.value) }
        journal?.send(text, priority: priority, fields: Dictionary(uniqueKeysWithValues: named))
        console(text)
        try? files.makeDirectory("/var/log/howdah", mode: 0o755)
        try? files.append("\(timestamp()) \(text)\n", to: Self.path)
    }
}

/// Fields of our entries in the journal.
enum LogField: String, Sendable {
    case step = "HOWDAH_STEP"
    /// Of a step, or of the whole boot where there is no step.
    case outcome = "HOWDAH_OUTCOME"
    case seconds = "HOWDAH_SECONDS"
    case bootID = "HOWDAH_BOOT_ID"
    case instance = "HOWDAH_INSTANCE"
    case role = "HOWDAH_ROLE"
    /// The kind of a notice of the cloud's.
    case notice = "HOWDAH_NOTICE"
}
