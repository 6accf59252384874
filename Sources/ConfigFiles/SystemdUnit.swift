/// A service of systemd as a value, rendered as systemd.service(5) and systemd.syntax(7) want it: a
/// word arrives at the program as it is given here, whatever characters it has.
public struct SystemdUnit: Sendable, Equatable {
    public var description: String
    /// An absolute path and arguments.
    public var command: [String]
    public var environment: [String: String]
    /// Nil for root.
    public var user: String?
    public var workingDirectory: String
    /// Output and errors are appended to it.
    public var log: String
    /// Paths whose mounts it needs, while it runs too.
    public var mounts: [String]
    /// Units that it stops before, where they stop together.
    public var after: [String]
    /// Seconds between SIGTERM and SIGKILL.
    public var stopSeconds: Int
    public var limits: Limits
    /// What it was made from, for `inputs(in:)`; of letters and digits.
    public var inputs: String

    /// What it may use (systemd.resource-control(5), systemd.exec(5)); nil is systemd's default.
    public struct Limits: Sendable, Equatable {
        public var slice: String
        public var cpuWeight: Int?
        public var ioWeight: Int?
        /// Bytes.
        public var memoryMax: Int64?
        public var openFiles: Int
        public var hasPrivateMounts: Bool

        public init(
            slice: String = "howdah.slice", cpuWeight: Int? = nil, ioWeight: Int? = nil,
            memoryMax: Int64? = nil, openFiles: Int = 131_072, hasPrivateMounts: Bool = false
        ) {
            self.slice = slice
            self.cpuWeight = cpuWeight
            self.ioWeight = ioWeight
            self.memoryMax = memoryMax
            self.openFiles = openFiles
            self.hasPrivateMounts = hasPrivateMounts
        }

        fileprivate func lines() throws(Failure) -> [String] {
            var lines = ["LimitNOFILE=\(openFiles)", "TasksMax=infinity"]
            if let cpuWeight { lines.append("CPUWeight=\(cpuWeight)") }
            if let ioWeight { lines.append("IOWeight=\(ioWeight)") }
            if let memoryMax { lines.append("MemoryMax=\(memoryMax)") }
            if hasPrivateMounts { lines.append("PrivateMounts=yes") }
            return lines + ["Slice=\(try SystemdText.name("Slice", slice))"]
        }
    }

    public init(
        description: String, command: [String], environment: [String: String] = [:],
        user: String? = nil, workingDirectory: String = "/", log: String, mounts: [String] = [],
        after: [String] = [], stopSeconds: Int = 30, limits: Limits = Limits(), inputs: String
    ) {
        self.description = description
        self.command = command
        self.environment = environment
        self.user = user
        self.workingDirectory = workingDirectory
        self.log = log
        self.mounts = mounts
        self.after = after
        self.stopSeconds = stopSeconds
        self.limits = limits
        self.inputs = inputs
    }

    /// What no unit can say.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let key: String
        public let value: String
        public let reason: String

        public var description: String {
            "'\(value)' cannot be \(key) of a systemd unit: \(reason)"
        }
    }

    static let inputsKey = "X-Inputs="
    private static let heading =
        "# Written by howdah-node at boot: change the cluster file instead."

    /// What a unit was made from; nil for text that is no unit of ours.
    public static func inputs(in text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(inputsKey) }
            .map { String($0.dropFirst(inputsKey.count)) }
    }

    /// The unit's text; equal values give equal bytes.
    public func render() throws(Failure) -> String {
        var lines = [Self.heading] + (try needs())
        lines.insert("Description=\(try SystemdText.rest("Description", description))", at: 2)
        // Five times in ten minutes, then it stays down: a fault of its own is not cured by this.
        lines += ["StartLimitIntervalSec=10min", "StartLimitBurst=5"]
        lines += ["", "[Service]"]
        // Started is what the kernel could execute: a wrong path or user is an error at once.
        lines.append("Type=exec")
        lines.append("ExecStart=\(try commandLine())")
        lines += try process()
        // A Java machine that ends by SIGTERM says 128 + 15.
        lines += ["Restart=on-failure", "RestartSec=5s", "SuccessExitStatus=143"]
        lines += ["KillMode=control-group", "TimeoutStopSec=\(stopSeconds)s"]
        lines += try limits.lines()
        lines += ["", "[X-Howdah]", Self.inputsKey + inputs]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same as a command that ends by itself, within so many seconds, and whoever starts it
    /// waits for its end. Equal values give equal bytes.
    public func renderOnce(seconds: Int) throws(Failure) -> String {
        try once(["Type=oneshot", "TimeoutStartSec=\(seconds)s"])
    }

    /// The same as one that whoever starts it leaves alone; `good` are exit statuses beside 0 that
    /// are no failures.
    public func renderLong(seconds: Int, good: [Int] = []) throws(Failure) -> String {
        let statuses = good.map { "SuccessExitStatus=\($0)" }
        return try once(
            ["Type=exec", "RuntimeMaxSec=\(seconds)s", "TimeoutStopSec=\(stopSeconds)s"]
                + statuses)
    }

    private func once(_ ways: [String]) throws(Failure) -> String {
        var lines = [Self.heading] + (try needs())
        lines.insert("Description=\(try SystemdText.rest("Description", description))", at: 2)
        lines += ["StartLimitIntervalSec=0", "", "[Service]"] + ways
        lines.append("ExecStart=\(try commandLine())")
        lines += try process()
        return (lines + (try limits.lines())).joined(separator: "\n") + "\n"
    }

    /// What is added to another's service: needs, order, environment and limits alone. Equal values
    /// give equal bytes.
    public func renderDropIn() throws(Failure) -> String {
        var lines = [Self.heading] + (try needs())
        lines += ["", "[Service]"] + (try variables())
        lines.append("TimeoutStopSec=\(stopSeconds)s")
        lines += try limits.lines()
        lines += ["", "[X-Howdah]", Self.inputsKey + inputs]
        return lines.joined(separator: "\n") + "\n"
    }

    private func needs() throws(Failure) -> [String] {
        var lines = ["[Unit]"]
        for mount in mounts {
            lines.append("RequiresMountsFor=\(try SystemdText.path("RequiresMountsFor", mount))")
        }
        for unit in after { lines.append("After=\(try SystemdText.name("After", unit))") }
        return lines
    }

    private func process() throws(Failure) -> [String] {
        var lines = try variables()
        if let user { lines.append("User=\(try SystemdText.name("User", user))") }
        lines.append(
            "WorkingDirectory=\(try SystemdText.rest("WorkingDirectory", workingDirectory))")
        lines.append("StandardOutput=append:\(try SystemdText.rest("StandardOutput", log))")
        return lines + ["StandardError=inherit"]
    }

    private func variables() throws(Failure) -> [String] {
        var lines: [String] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            lines.append("Environment=\(try SystemdText.assignment(name, value))")
        }
        return lines
    }

    /// The colon keeps systemd from putting variables in place of `$`.
    private func commandLine() throws(Failure) -> String {
        guard let program = command.first, program.hasPrefix("/") else {
            throw Failure(
                key: "ExecStart", value: command.first ?? "", reason: "it is no absolute path")
        }
        var words: [String] = []
        for word in command { words.append(try SystemdText.word("ExecStart", word)) }
        return ":" + words.joined(separator: " ")
    }
}
