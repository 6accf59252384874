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
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard let (name, length) = socketAddress() else { return false }
        return withUnsafePointer(to: name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        } == message.count
    }

    private func socketAddress() -> (sockaddr_un, socklen_t)? {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        // A name that is no file begins with a zero byte and ends where its length says.
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
        let room = MemoryLayout.size(ofValue: name.sun_path)
        guard bytes.count <= room else { return nil }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        return (name, socklen_t(offset + bytes.count))
    }
}
