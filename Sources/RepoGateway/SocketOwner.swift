internal import Glibc

/// Two ends of a TCP connection on this machine, as bytes of the network's order.
struct TCPPair: Sendable, Equatable {
    /// 4 bytes, or 16.
    var peer: [UInt8]
    var peerPort: UInt16
    var own: [UInt8]
    var ownPort: UInt16

    var isLoopback: Bool {
        peer.count == 4 ? peer[0] == 127 : peer == [UInt8](repeating: 0, count: 15) + [1]
    }
}

/// Asks the kernel whose socket the other end of a connection is (sock_diag(7)).
enum SocketOwner {
    private static let netlinkFamily: Int32 = 16
    private static let sockDiagProtocol: Int32 = 4
    private static let byFamily: UInt16 = 20
    private static let requestFlag: UInt16 = 1
    private static let headerSize = 16
    private static let established: UInt8 = 1
    static let requestSize = 72
    /// nlmsghdr and inet_diag_msg.
    static let answerSize = 16 + 72

    /// Why the owner is not known.
    struct Unknown: Error, CustomStringConvertible {
        var description: String
    }

    /// The user id that made the socket at the peer's end.
    static func user(of pair: TCPPair) throws(Unknown) -> UInt32 {
        guard pair.isLoopback else { throw Unknown(description: "it is not on this machine") }
        let netlink = socket(
            netlinkFamily, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            sockDiagProtocol)
        guard netlink >= 0 else {
            throw Unknown(description: "no netlink socket: errno \(errno)")
        }
        defer { close(netlink) }
        // The kernel answers at once; this bounds what may go wrong.
        var wait = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            netlink, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        let question = request(pair)
        guard send(netlink, question, question.count, 0) == question.count else {
            throw Unknown(description: "netlink took no question: errno \(errno)")
        }
        var answer = [UInt8](repeating: 0, count: 8192)
        let count = recv(netlink, &answer, answer.count, 0)
        guard count > 0 else { throw Unknown(description: "no answer: errno \(errno)") }
        return try user(in: Array(answer[..<count]), of: pair)
    }

    /// inet_diag_req_v2 for the peer's socket: seen from it, its own port is the source.
    static func request(_ pair: TCPPair) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes += native(UInt32(requestSize)) + native(byFamily) + native(requestFlag)
        bytes += native(UInt32(1)) + native(UInt32(0))
        bytes += [family(pair), UInt8(IPPROTO_TCP), 0, 0] + native(UInt32.max)
        bytes += big(pair.peerPort) + big(pair.ownPort) + padded(pair.peer) + padded(pair.own)
        // Any interface; no cookie.
        return bytes + native(UInt32(0)) + native(UInt32.max) + native(UInt32.max)
    }

    /// A socket that was closed counts as root's in the kernel's answer, whoever made it: only one
    /// that is open has an owner here (`inet_twsk_diag_fill`, `sock_i_uid`).
    static func user(in answer: [UInt8], of pair: TCPPair) throws(Unknown) -> UInt32 {
        guard answer.count >= answerSize, number(answer, 4, as: UInt16.self) == byFamily else {
            throw Unknown(description: "the kernel knows no such socket")
        }
        let message = Array(answer[headerSize...])
        guard message[0] == family(pair), Array(message[4..<6]) == big(pair.peerPort),
            Array(message[6..<8]) == big(pair.ownPort),
            Array(message[8..<24]) == padded(pair.peer),
            Array(message[24..<40]) == padded(pair.own)
        else { throw Unknown(description: "the kernel answered for another socket") }
        let inode = number(message, 68, as: UInt32.self)
        guard message[1] == established, inode != 0 else {
            throw Unknown(description: "the socket was closed meanwhile")
        }
        return number(message, 64, as: UInt32.self)
    }

    private static func family(_ pair: TCPPair) -> UInt8 {
        UInt8(pair.peer.count == 4 ? AF_INET : AF_INET6)
    }

    private static func padded(_ address: [UInt8]) -> [UInt8] {
        address + [UInt8](repeating: 0, count: 16 - address.count)
    }

    private static func big(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
    }

    private static func native(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: [UInt8], _ place: Int, as: Number.Type
    ) -> Number {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Number.self) }
    }
}
