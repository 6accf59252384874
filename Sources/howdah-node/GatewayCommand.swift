import AWS
import ArgumentParser
import Cluster
import Dispatch
import FoundationEssentials
import Glibc
import Host
import RepoGateway
import Transfer

struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Lets dnf, yum and zypper read a private bucket: signs their requests.",
        discussion: """
            Listens on 127.0.0.1 for the users that it is told, root alone by default, until \
            SIGTERM. Without places it serves the repositories in s3:// of the cluster file. \
            Credentials and region are taken from where the AWS tools take them.

            Example:
              howdah-node gateway s3://acme-rpms/el9/x86_64 \\
                --gpgkey file:///etc/pki/rpm-gpg/RPM-GPG-KEY-acme \\
                --write-repo /etc/yum.repos.d/howdah.repo
            """)

    @OptionGroup var options: GatewayOptions

    @Option(
        name: .customLong("allow-user"), parsing: .singleValue,
        help: "A user, by name or number, who may ask besides root; may be repeated.")
    var users: [String] = []

    @Option(help: "Clients at one time.")
    var maxConnections = 64

    @Flag(help: "Make the secret, write the .repo file, and end.")
    var prepare = false

    func validate() throws {
        guard (1...1024).contains(maxConnections) else {
            throw ValidationError("--max-connections is between 1 and 1024")
        }
    }

    func run() async throws {
        try await failing {
            let environment = ProcessInfo.processInfo.environment
            let setup = try GatewaySetup(options, environment)
            if prepare { return try setup.writeRepo(port: options.address.port) }
            let sockets = try Self.sockets(options.address, environment)
            let port = sockets.first?.address.port ?? 0
            try setup.writeRepo(port: port)
            let gateway = try setup.gateway(
                users: try allowed(), maximumConnections: maxConnections, log: Self.log)
            gateway.serve(sockets)
            let notifier = ServiceNotifier(environment: environment)
            let places = setup.repositories.map { "\($0.place)" }.joined(separator: ", ")
            Self.log(
                "serving \(places) on \(sockets.map { "\($0.address)" }.joined(separator: ", "))")
            StartPages.giveBack()
            notifier?.send(.ready, .status("serving \(places)"))
            await Self.ended()
            notifier?.send(.stopping)
            await gateway.stop(within: Self.patience)
        }
    }

    /// What an answer that is under way may take after SIGTERM.
    static let patience = Duration.seconds(10)

    private static func sockets(
        _ address: SocketAddress, _ environment: [String: String]
    ) throws -> [ListeningSocket] {
        let given = try ListeningSocket.handedOver(environment)
        return given.isEmpty ? [try ListeningSocket.open(address)] : given
    }

    private func allowed() throws -> Set<UInt32> {
        var allowed: Set<UInt32> = [0]
        for name in users {
            guard let user = UInt32(name) ?? getpwnam(name)?.pointee.pw_uid else {
                throw ValidationError("there is no user '\(name)'")
            }
            allowed.insert(user)
        }
        return allowed
    }

    private static let log: @Sendable (String) -> Void = { line in
        let bytes = Array("howdah-node: gateway: \(line)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    /// Until SIGTERM or SIGINT.
    private static func ended() async {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        for await _ in stream { break }
        sources.forEach { $0.cancel() }
    }
}
