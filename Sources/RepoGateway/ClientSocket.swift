internal import Glibc

/// A client's connection. Its thread closes it; others may shut it down.
struct ClientSocket: Sendable {
    let descriptor: Int32

    /// What the kernel keeps for a client that reads slowly (it takes twice as much).
    static let sendBuffer: Int32 = 256 << 10

    func prepare() {
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        set(SOL_SOCKET, SO_SNDBUF, ClientSocket.sendBuffer)
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    enum Received {
        case bytes([UInt8])
        case end
        case late
    }

    /// At least one byte within `limit`.
    func receive(within limit: Duration) -> Received {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var ready: Int32
        repeat { ready = poll(&wait, 1, limit.forPoll) } while ready < 0 && errno == EINTR
        guard ready > 0 else { return ready == 0 ? .late : .end }
        let bytes = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
        return bytes.isEmpty ? .end : .bytes(bytes)
    }

    /// False if the client is gone or does not read. For short answers.
    func send(_ bytes: [UInt8], within limit: Duration) -> Bool {
        let end = ContinuousClock.now.advanced(by: limit)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { rest in
                Glibc.send(
                    descriptor, rest.baseAddress, rest.count,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                let left = end - .now
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard left > .zero,
                    poll(&wait, 1, left.forPoll) != 0
                else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Ends it so that what was sent arrives: a close with bytes unread would be a reset.
    func finish(within limit: Duration) {
        shutdown(descriptor, Int32(SHUT_WR))
        let end = ContinuousClock.now.advanced(by: limit)
        for _ in 0..<16 {
            guard case .bytes = receive(within: end - .now) else { return }
        }
    }

    /// Its close will be a reset: the client must not take what it has for the whole.
    func resetAtClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    }

    /// Whoever waits on it wakes up.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func close() { Glibc.close(descriptor) }

    /// Both ends; nil if it is no TCP connection.
    var pair: TCPPair? {
        guard let peer = SocketAddress.peer(of: descriptor),
            let own = SocketAddress.own(of: descriptor), peer.bytes.count == own.bytes.count
        else { return nil }
        return TCPPair(
            peer: peer.bytes, peerPort: peer.port, own: own.bytes, ownPort: own.port)
    }
}

extension Duration {
    /// Whole milliseconds as poll(2) takes them, rounded up; at most a day.
    fileprivate var forPoll: Int32 {
        Int32(min(max(self / .milliseconds(1), 0), 86_400_000).rounded(.up))
    }
}
