internal import Glibc

/// What a service tells systemd of itself (sd_notify(3)).
public enum ServiceNotification: Sendable, Equatable {
    case ready
    case stopping
    /// It turns: sent again and again, or systemd takes it for hung.
    case watchdog
    /// One line for `systemctl status`.
    case status(String)

    var assignment: String {
        switch self {
        case .ready: "READY=1"
        case .stopping: "STOPPING=1"
        case .watchdog: "WATCHDOG=1"
        case .status(let text):
            "STATUS=" + String(text.map { $0.isNewline ? " " : $0 }.prefix(300))
        }
    }
}

/// Sends notifications to the socket that systemd named.
public struct ServiceNotifier: Sendable, Equatable {
    public static let socketVariable = "NOTIFY_SOCKET"
    static let watchdogVariable = "WATCHDOG_USEC"
    static let watchdogProcessVariable = "WATCHDOG_PID"

    /// A path, or a name after `@`, which is no file (unix(7)).
    let address: String
    /// How long it may be silent before systemd ends it; nil if it may be for ever.
    public let watchdog: Duration?

    /// Nil where nobody listens: not started by systemd, or not as a unit that notifies.
    public init?(environment: [String: String]) {
        self.init(environment: environment, processID: getpid())
    }

    public init?(environment: [String: String], processID: Int32) {
        guard let address = environment[Self.socketVariable], address.count > 1,
            address.hasPrefix("/") || address.hasPrefix("@")
        else { return nil }
        self.address = address
        let isOurs =
            environment[Self.watchdogProcessVariable].map { Int32($0) == processID } ?? true
        let limit = environment[Self.watchdogVariable].flatMap { Int64($0) } ?? 0
        watchdog = isOurs && limit > 0 ? .microseconds(limit) : nil
    }

    /// Says whether it was taken. A service does not fail for not being heard.
    @discardableResult
    public func send(_ notifications: ServiceNotification...) -> Bool {
        let message = Array(notifications.map(\.assignment).joined(separator: "\n").utf8)
        return UnixDatagram.send(message, to: address)
    }
}
