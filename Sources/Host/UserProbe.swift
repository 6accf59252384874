internal import CLinux
internal import Glibc

/// What each user of this machine can reach, tried by a child process that is that user.
public struct UserProbe: Sendable {
    /// The user who owns nothing (systemd, "Users, Groups, UIDs and GIDs on systemd Systems").
    public static let nobody: UInt32 = 65534
    public static let patience = Duration.seconds(2)

    private let namespace: String?

    /// `namespace` is the path of the network namespace to try it in; nil for our own.
    public init(namespace: String? = nil) {
        self.namespace = namespace
    }

    /// Whether the user gets a TCP connection to a numeric address; it is closed at once. Only root
    /// can try it as somebody else.
    public func connects(
        _ user: UInt32, to address: String, port: UInt16, within patience: Duration = patience
    ) throws -> Bool {
        let network = try namespace.map(Self.open) ?? -1
        defer { if network >= 0 { close(network) } }
        let milliseconds = Int32(patience / .milliseconds(1))
        let answer = howdah_connect_as(user, network, address, port, milliseconds)
        guard answer != HOWDAH_UNTRIED else {
            throw ProcessError(
                program: "a child as user \(user)",
                reason: "could not try to connect to '\(address)': only root may")
        }
        return answer == 0
    }

    private static func open(_ path: String) throws -> Int32 {
        let descriptor = howdah_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else {
            throw FileError("open", path, reason: SystemText.message(errno))
        }
        return descriptor
    }
}
