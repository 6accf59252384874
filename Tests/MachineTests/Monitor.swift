import FoundationEssentials
import Glibc
import Support

struct MachineFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// qemu's machine protocol (docs/interop/qmp-spec of QEMU): a line of JSON each way.
final class Monitor {
    private static let answerSeconds = 30
    private static let maximumLine = 1 << 20
    private let descriptor: Int32
    private var rest: [UInt8] = []

    /// Nil while qemu does not listen yet.
    init?(path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw MachineFailure("'\(path)' is too long for a socket's name")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard connected else { return nil }
        var limit = timeval(tv_sec: Self.answerSeconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        _ = try line()
        try run("qmp_capabilities")
    }

    deinit { close(descriptor) }

    /// `arguments` is a JSON object.
    func run(_ command: String, _ arguments: String = "{}") throws {
        let text = #"{"execute": "\#(command)", "arguments": \#(arguments)}"# + "\n"
        guard send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else {
            throw MachineFailure("qemu does not listen any more: errno \(errno)")
        }
        struct Answer: Decodable {
            struct Problem: Decodable { var desc: String }
            struct Empty: Decodable {}
            var error: Problem?
            var `return`: Empty?
        }
        while true {
            let answer = try JSONDecoder().decode(Answer.self, from: Data(try line()))
            if let error = answer.error {
                throw MachineFailure("qemu refused '\(command)': \(error.desc)")
            }
            // Anything else is an event.
            if answer.return != nil { return }
        }
    }

    private func line() throws -> [UInt8] {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                defer { rest.removeSubrange(...end) }
                return Array(rest[..<end])
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0, rest.count < Self.maximumLine else {
                throw MachineFailure("no answer of qemu within \(Self.answerSeconds) s")
            }
            rest += buffer[..<count]
        }
    }
}
