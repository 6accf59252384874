/// The machine's service manager, asked by `systemctl` (systemctl(1)).
public struct Systemd: Sendable {
    /// Where units are that live until the next power-on.
    public static let unitFolder = "/run/systemd/system"
    /// For what systemd answers at once.
    static let callDeadline = Duration.seconds(60)

    private let command: [String]
    private let paths: HostPaths

    /// `command` comes before `systemctl` and its words: what leads into another machine.
    public init(paths: HostPaths = HostPaths(), command: [String] = []) {
        self.paths = paths
        self.command = command
    }

    /// Nil where systemd did not start the machine (sd_booted(3)).
    public static func ifBooted(_ paths: HostPaths) -> Systemd? {
        paths.files.isDirectory(unitFolder) ? Systemd(paths: paths) : nil
    }

    /// Properties of a unit; of one that is not there too.
    public func show(_ unit: String, _ properties: [String]) async throws -> [String: String] {
        let words = ["show", "--property=" + properties.joined(separator: ","), unit]
        var found: [String: String] = [:]
        for line in try await run(words).outputText.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { found[String(parts[0])] = String(parts[1]) }
        }
        return found
    }

    /// Waits until it is started, as its `Type=` has it.
    public func start(_ unit: String, deadline: Duration) async throws {
        try await run(["start", unit], deadline: deadline)
    }

    /// Hands it to systemd and does not wait.
    public func startLater(_ unit: String) async throws {
        try await run(["--no-block", "start", unit])
    }

    /// Waits until it has ended; `deadline` must be above the unit's own.
    public func stop(_ unit: String, deadline: Duration) async throws {
        try await run(["stop", unit], deadline: deadline)
    }

    /// Forgets that it failed, and how often it was started; one that systemd has forgotten itself
    /// is no error.
    public func forgetFailures(_ unit: String) async {
        _ = try? await run(["reset-failed", unit])
    }

    /// Reads all units again. Where there is udev, after it has seen the disks: a mount whose
    /// device systemd does not know yet would be taken for one without it, and be unmounted.
    public func reload() async throws {
        if paths.files.exists("/run/udev/control") {
            _ = try await ProcessRunner().run(
                "udevadm", ["settle", "--timeout=30"], deadline: Self.callDeadline)
        }
        try await run(["daemon-reload"])
    }

    @discardableResult
    private func run(
        _ words: [String], deadline: Duration = callDeadline
    ) async throws -> ProcessResult {
        let all = command + ["systemctl"] + words
        return try await ProcessRunner().require(
            all[0], Array(all.dropFirst()), deadline: deadline)
    }
}
