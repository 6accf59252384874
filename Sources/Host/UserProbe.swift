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
        let child = Self.child(user, network, address, port, Int32(patience / .milliseconds(1)))
        let answer = child > 0 ? Self.exitCode(of: child) : HOWDAH_UNTRIED
        guard answer != HOWDAH_UNTRIED else {
            throw ProcessError(
                program: "a child as user \(user)",
                reason: "could not try to connect to '\(address)': only root may")
        }
        return answer == 0
    }

    /// -1 if there could be none.
    private static func child(
        _ user: UInt32, _ network: Int32, _ address: String, _ port: UInt16, _ milliseconds: Int32
    ) -> pid_t {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        var six = sockaddr_in6()
        if inet_pton(AF_INET6, address, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            let size = UInt32(MemoryLayout<sockaddr_in6>.size)
            return howdah_connect_as(user, network, AF_INET6, type, &six, size, milliseconds)
        }
        var four = sockaddr_in()
        guard inet_pton(AF_INET, address, &four.sin_addr) == 1 else { return -1 }
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port.bigEndian
        let size = UInt32(MemoryLayout<sockaddr_in>.size)
        return howdah_connect_as(user, network, AF_INET, type, &four, size, milliseconds)
    }

    private static func exitCode(of child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return HOWDAH_UNTRIED }
        }
        // The low bits are a signal's (waitpid(2)).
        return status & 0x7f == 0 ? status >> 8 & 0xff : HOWDAH_UNTRIED
    }

    private static func open(_ path: String) throws -> Int32 {
        let descriptor = howdah_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else {
            throw FileError("open", path, reason: SystemText.message(errno))
        }
        return descriptor
    }
}
