import Glibc
import Host
import Support
import Testing

@testable import Node

/// A network namespace in which somebody listens at metadata's addresses.
struct MetadataNetwork: Sendable {
    static let isPossible =
        geteuid() == 0 && ["nft", "iptables", "ip6tables"].allSatisfy(Command.exists)

    private static let listener = """
        import signal, socket
        four, six = socket.socket(socket.AF_INET), socket.socket(socket.AF_INET6)
        four.bind(("169.254.169.254", 80))
        six.bind(("fd00:ec2::254", 80))
        for end in four, six:
            end.listen(100)
        signal.pause()
        """

    let name: String
    var path: String { "/run/netns/\(name)" }

    /// Takes the namespace apart afterwards, whatever `body` did.
    static func with(_ body: (MetadataNetwork) async throws -> Void) async throws {
        let number = UInt32.random(in: .min ... .max)
        let network = MetadataNetwork(name: "howdah-metadata-\(number)")
        try await Command.run("ip", ["netns", "add", network.name])
        do {
            try await network.listening(body)
        } catch {
            try? await network.remove()
            throw error
        }
        try await network.remove()
    }

    private func remove() async throws { try await Command.run("ip", ["netns", "del", name]) }

    private func listening(_ body: (MetadataNetwork) async throws -> Void) async throws {
        try await Command.run("ip", ["-n", name, "link", "set", "lo", "up"])
        for address in MetadataDoor.addresses {
            let length = address.contains(":") ? 128 : 32
            try await Command.run(
                "ip", ["-n", name, "address", "add", "\(address)/\(length)", "dev", "lo"])
        }
        try await withTemporaryDirectory { folder in
            let server = try ServerProcess.start(
                "/usr/bin/nsenter", ["--net=\(path)", "/usr/bin/python3", "-c", Self.listener],
                logPath: folder + "/log")
            defer { server.stop() }
            try await server.wait(for: "a listener in '\(name)'") {
                (try? reached(by: 0)) == MetadataDoor.addresses
            }
            try await body(self)
        }
    }

    /// The addresses at which this user is answered.
    func reached(by user: UInt32) throws -> [String] {
        try MetadataDoor.addresses.filter {
            try UserProbe(namespace: path).connects(user, to: $0, port: MetadataDoor.port)
        }
    }

    /// Runs a program in the namespace.
    func run(_ program: String, _ arguments: String...) async throws {
        try await Command.run("nsenter", ["--net=\(path)", program] + arguments)
    }
}
