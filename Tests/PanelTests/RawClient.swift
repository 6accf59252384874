import Dispatch
import Glibc

/// A TCP connection to a port of 127.0.0.1 that sends what it is told to, be it HTTP or not.
final class RawClient: Sendable {
    /// How long an answer is waited for before a test fails.
    static let limitSeconds = 120

    private let descriptor: Int32

    /// `from`: another address of loopback. `receiveBytes`: what the system takes in for a client
    /// that does not read; nil leaves that to the system.
    init?(_ port: Int, from own: String? = nil, receiveBytes: Int32? = nil) {
        descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: Self.limitSeconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBytes {
            setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBytes,
                socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        if let own {
            var source = sockaddr_in()
            source.sin_family = sa_family_t(AF_INET)
            inet_pton(AF_INET, own, &source.sin_addr)
            _ = withUnsafePointer(to: &source) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, length)
                }
            }
        }
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, length) == 0
            }
        }
        if !isConnected { return nil }
    }

    deinit { close(descriptor) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// All that comes until the other side closes; nil if it does not within the limit.
    func rest() async -> String? {
        await wait { [descriptor] in
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                // Reset is an end too.
                if count == 0 || count < 0 && errno == ECONNRESET { break }
                guard count > 0 else { return nil }
                all += buffer[..<count]
            }
            return String(decoding: all, as: UTF8.self)
        }
    }

    /// What comes up to a piece of text; nil if it does not come.
    func until(_ end: String) async -> String? {
        await wait { [descriptor] in
            var all: [UInt8] = []
            var byte: UInt8 = 0
            while !String(decoding: all, as: UTF8.self).hasSuffix(end) {
                guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
                all.append(byte)
            }
            return String(decoding: all, as: UTF8.self)
        }
    }

    private func wait(_ body: @escaping @Sendable () -> String?) async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}
