internal import Glibc

/// Stands for systemd's end of sd_notify(3): a datagram socket that keeps what it is sent.
public final class NotifySocket: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// A path, or a name after `@`.
    public let address: String
    private let descriptor: Int32

    public init(_ address: String) throws {
        self.address = address
        descriptor = socket(
            AF_UNIX,
            Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
                | Int32(SOCK_NONBLOCK.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        if address.hasPrefix("@") { bytes[0] = 0 } else { bytes.append(0) }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let bound = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length)
            }
        }
        guard bound == 0 else { throw Failure(description: "bind '\(address)': errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// What has come since the last call, each message by itself.
    public func messages() -> [String] {
        var found: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return found }
            found.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }
}
