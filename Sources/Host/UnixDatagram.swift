internal import Glibc

/// One message to a datagram socket of this machine (unix(7)).
enum UnixDatagram {
    /// `address` is a path, or a name after `@`, which is no file. Says whether it was taken; it
    /// does not wait for a listener that is slow, unless `waits`.
    static func send(_ message: [UInt8], to address: String, waits: Bool = true) -> Bool {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard let (name, length) = socketAddress(address) else { return false }
        let flags = Int32(MSG_NOSIGNAL) | (waits ? 0 : Int32(MSG_DONTWAIT))
        return withUnsafePointer(to: name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, flags, $0, length)
            }
        } == message.count
    }

    private static func socketAddress(_ address: String) -> (sockaddr_un, socklen_t)? {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        guard !bytes.isEmpty else { return nil }
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
