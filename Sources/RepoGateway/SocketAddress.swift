internal import Glibc

/// An address of loopback and a port.
public struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
    /// 4 bytes, or 16.
    public let bytes: [UInt8]
    public var port: UInt16

    /// `8181`, `127.0.0.1:8181` or `[::1]:8181`; port 0 is a free one. Nil for anything else:
    /// whoever can reach the gateway over a network has no user that the kernel knows.
    public init?(_ text: String) {
        let colon = text.lastIndex(of: ":")
        let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
        guard let port = UInt16(digits) else { return nil }
        self.port = port
        switch colon.map({ text[..<$0] }) {
        case nil, "127.0.0.1", "localhost": bytes = [127, 0, 0, 1]
        case "[::1]": bytes = [UInt8](repeating: 0, count: 15) + [1]
        default: return nil
        }
    }

    init(bytes: [UInt8], port: UInt16) {
        self.bytes = bytes
        self.port = port
    }

    public var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// As a URL has it.
    public var description: String {
        bytes.count == 4
            ? "\(bytes.map(String.init).joined(separator: ".")):\(port)"
            : isLoopback ? "[::1]:\(port)" : "[\(bytes)]:\(port)"
    }

    static func peer(of descriptor: Int32) -> SocketAddress? {
        read { getpeername(descriptor, $0, $1) }
    }

    static func own(of descriptor: Int32) -> SocketAddress? {
        read { getsockname(descriptor, $0, $1) }
    }

    private static func read(
        _ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let asked = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                ask($0, &length)
            }
            guard asked == 0 else { return nil }
            let raw = UnsafeRawBufferPointer(start: pointer, count: Int(length))
            let port = UInt16(raw[2]) << 8 | UInt16(raw[3])
            // sockaddr_in and sockaddr_in6: family, port, then the address behind 4 or 8 bytes.
            switch Int32(pointer.pointee.ss_family) {
            case AF_INET where raw.count >= 8:
                return SocketAddress(bytes: Array(raw[4..<8]), port: port)
            case AF_INET6 where raw.count >= 24:
                return SocketAddress(bytes: Array(raw[8..<24]), port: port)
            default: return nil
            }
        }
    }

    /// As the kernel wants it.
    var raw: [UInt8] {
        let family = UInt16(bytes.count == 4 ? AF_INET : AF_INET6)
        let head =
            withUnsafeBytes(of: family) { Array($0) } + [
                UInt8(port >> 8), UInt8(truncatingIfNeeded: port),
            ]
        let zeros = [UInt8](repeating: 0, count: 8)
        return bytes.count == 4 ? head + bytes + zeros : head + zeros[..<4] + bytes + zeros[..<4]
    }
}
