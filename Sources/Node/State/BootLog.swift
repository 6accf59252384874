public import Host

/// The boot's lines: to the console (standard error) and to a log file below the root. None holds a
/// secret, since no error does.
public struct BootLog: Sendable {
    public static let path = "/var/log/howdah/boot.log"

    private let files: Files
    private let console: @Sendable (String) -> Void
    private let timestamp: @Sendable () -> String

    public init(
        files: Files, timestamp: @escaping @Sendable () -> String,
        console: @escaping @Sendable (String) -> Void
    ) {
        self.files = files
        self.console = console
        self.timestamp = timestamp
    }

    /// A line that cannot be written to the file is on the console at least: a full disk must not
    /// stop a boot.
    public func line(_ text: String) {
        console(text)
        try? files.makeDirectory("/var/log/howdah", mode: 0o755)
        try? files.append("\(timestamp()) \(text)\n", to: Self.path)
    }
}
