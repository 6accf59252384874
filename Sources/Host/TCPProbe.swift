internal import CLinux
internal import Glibc

/// Whether something listens at a TCP port.
public enum TCPProbe {
    static let pollInterval = Duration.milliseconds(10)

    /// True if a connection was made within `limit`; it is closed at once. A name is looked up as
    /// programs of this machine would do it.
    public static func connects(
        host: String, port: UInt16, limit: Duration, clock: any Clock<Duration>
    ) async -> Bool {
        guard let socket = Socket.begin(host: host, port: port) else { return false }
        var left = limit
        while true {
            if let answer = socket.answer { return answer }
            if left <= .zero { return false }
            do { try await clock.sleep(for: pollInterval) } catch { return false }
            left -= pollInterval
        }
    }

    private struct Socket: ~Copyable {
        private let descriptor: Int32

        private init(_ descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }

        /// A connection that is being made; nil if it cannot even begin.
        static func begin(host: String, port: UInt16) -> Socket? {
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var found: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let address = found else {
                return nil
            }
            defer { freeaddrinfo(found) }
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = socket(address.pointee.ai_family, kind, 0)
            guard descriptor >= 0 else { return nil }
            let result = Socket(descriptor)
            let code = connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen)
            guard code == 0 || errno == EINPROGRESS else { return nil }
            return result
        }

        /// Whether the connection was made; nil while that is open.
        var answer: Bool? {
            var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard Glibc.poll(&event, 1, 0) == 1 else { return nil }
            var code: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
            return code == 0
        }
    }
}
