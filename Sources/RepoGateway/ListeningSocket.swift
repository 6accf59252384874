internal import Glibc

/// A socket that clients connect to.
public struct ListeningSocket: Sendable {
    let descriptor: Int32
    public let address: SocketAddress

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    static let backlog: Int32 = 128
    /// The first descriptor that systemd hands over (sd_listen_fds(3)).
    static let firstHandedOver: Int32 = 3
    static let maximumHandedOver = 4

    public static func open(_ address: SocketAddress) throws(Failure) -> ListeningSocket {
        let family = address.bytes.count == 4 ? AF_INET : AF_INET6
        let descriptor = socket(
            family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: errno \(errno)") }
        var yes: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let raw = address.raw
        let bound = raw.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                bind(descriptor, $0.baseAddress, socklen_t(raw.count))
            }
        }
        guard bound == 0, listen(descriptor, backlog) == 0,
            let own = SocketAddress.own(of: descriptor)
        else {
            let code = errno
            close(descriptor)
            let reason = code == EADDRINUSE ? "the port is taken" : "errno \(code)"
            throw Failure(description: "cannot listen on \(address): \(reason)")
        }
        setNonblocking(descriptor)
        return ListeningSocket(descriptor: descriptor, address: own)
    }

    /// Those that systemd hands over; empty where it does not. Each must listen on loopback.
    public static func handedOver(
        _ environment: [String: String]
    ) throws(Failure) -> [ListeningSocket] {
        guard environment["LISTEN_PID"] == "\(getpid())",
            let count = environment["LISTEN_FDS"].flatMap({ Int($0) }), count > 0
        else { return [] }
        // What the gateway starts (a credential_process) has no use for them.
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        guard count <= maximumHandedOver else {
            throw Failure(description: "systemd hands over \(count) sockets; one is enough")
        }
        var sockets: [ListeningSocket] = []
        for descriptor in firstHandedOver..<firstHandedOver + Int32(count) {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            var listens: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0,
                listens == 1, let address = SocketAddress.own(of: descriptor)
            else {
                throw Failure(description: "descriptor \(descriptor) is no listening TCP socket")
            }
            guard address.isLoopback else {
                throw Failure(
                    description: "the unit's socket listens on \(address): use "
                        + "ListenStream=127.0.0.1:PORT, since nobody beyond this machine has a "
                        + "user that the kernel knows")
            }
            setNonblocking(descriptor)
            sockets.append(ListeningSocket(descriptor: descriptor, address: address))
        }
        return sockets
    }

    /// A client that is gone between `poll` and `accept` must not hold the thread.
    private static func setNonblocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Waits for the next client; nil once `stop` is readable or closed at its other end. A
    /// socket of systemd's own must not be shut down: the unit would never listen again.
    func accept(until stop: Int32) -> ClientSocket? {
        while true {
            var waits = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&waits, 2, -1)
            guard ready > 0 || errno == EINTR, waits[1].revents == 0 else { return nil }
            guard ready > 0 else { continue }
            let client = Glibc.accept(descriptor, nil, nil)
            if client >= 0 {
                _ = fcntl(client, F_SETFD, FD_CLOEXEC)
                return ClientSocket(descriptor: client)
            }
            switch errno {
            // The client is gone already.
            case EAGAIN, EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: usleep(100_000)
            default: return nil
            }
        }
    }
}
