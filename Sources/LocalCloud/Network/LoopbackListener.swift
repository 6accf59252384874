internal import CLinux
internal import Glibc

/// A listening socket on 127.0.0.1 that survives exec(2).
struct LoopbackListener {
    var descriptor: Int32
    var port: UInt16

    /// Takes `preferred` where it is free, else a port of the system's choice.
    static func open(preferred: UInt16) throws(LabError) -> LoopbackListener {
        if preferred != 0, let listener = attempt(preferred) { return listener }
        guard let listener = attempt(0) else {
            throw LabError("cannot listen on 127.0.0.1: error \(errno)")
        }
        return listener
    }

    /// Whether a port of 127.0.0.0/8 can be had; `host` is the address without its first octet.
    static func isFree(_ port: UInt16, host: UInt32) -> Bool {
        guard let listener = attempt(port, host: host) else { return false }
        close(listener.descriptor)
        return true
    }

    private static func attempt(_ port: UInt16, host: UInt32 = 1) -> LoopbackListener? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = (0x7f00_0000 | host).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, Forwarder.backlog) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else {
            close(descriptor)
            return nil
        }
        return LoopbackListener(descriptor: descriptor, port: address.sin_port.bigEndian)
    }
}
