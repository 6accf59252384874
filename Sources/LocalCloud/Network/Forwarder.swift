internal import FoundationEssentials
internal import Glibc
internal import Host
internal import NIOCore
internal import NIOPosix

/// Makes the lab's services reachable from this machine's loopback. The sockets are opened here;
/// then the program starts itself again inside the switch's namespace, with the sockets, so that
/// every thread of it is in there when it connects.
public struct Forwarder: Sendable {
    /// One socket and where its connections go.
    struct Route: Sendable, Equatable {
        var descriptor: Int32
        var host: String
        var port: Int
    }

    static let backlog: Int32 = 128
    /// The page's port, where nobody else has it.
    static let preferredPanelPort: UInt16 = 8480

    /// Opens the sockets, says where in `forwards.json`, and starts again inside. Comes back only
    /// to throw.
    public static func enter(folder: StateFolder, program: String) throws -> Never {
        let lab = try folder.readLab()
        let tools = try Tools.locate(environment: ProcessEnvironment.current)
        let s3 = try LoopbackListener.open(preferred: 0)
        let ec2 = try LoopbackListener.open(preferred: 0)
        let panel = try LoopbackListener.open(preferred: preferredPanelPort)
        let endpoints = Endpoints(
            s3: "http://127.0.0.1:\(s3.port)", ec2: "http://127.0.0.1:\(ec2.port)",
            panel: "http://127.0.0.1:\(panel.port)")
        let routes = [(s3, lab.ports.s3), (ec2, lab.ports.ec2), (panel, lab.ports.panel)].map {
            "--route=\($0.0.descriptor):\(lab.serviceAddress):\($0.1)"
        }
        try JSONFile.write(endpoints, to: StateFolder.forwards, in: folder.files)
        let words =
            [tools.nsenter, "--net=/run/netns/\(lab.switchNamespace)", "--", program]
            + ["local", "forward", "--state", folder.path] + routes
        let pointers = words.map { strdup($0) } + [nil]
        execv(tools.nsenter, pointers)
        throw LabError("cannot start '\(tools.nsenter)': error \(errno)")
    }

    /// `3:10.77.0.1:8333`.
    static func route(_ text: String) throws(LabError) -> Route {
        let parts = text.split(separator: ":")
        guard parts.count == 3, let descriptor = Int32(parts[0]), let port = Int(parts[2]) else {
            throw LabError("'\(text)' is no route; expected descriptor:address:port")
        }
        return Route(descriptor: descriptor, host: String(parts[1]), port: port)
    }

    /// Forwards until it is ended.
    public static func run(routes: [String]) async throws {
        let routes = try routes.map { text in try route(text) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for route in routes { group.addTask { try await serve(route) } }
            try await group.waitForAll()
        }
    }

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private static func serve(_ route: Route) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(NIOBSDSocket.Handle(route.descriptor)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    // A connection that breaks is its two ends' affair, not the forwarder's.
                    group.addTask { try? await forward(connection, to: route) }
                }
            }
        }
    }

    private static func forward(_ near: Connection, to route: Route) async throws {
        try await near.executeThenClose { input, output in
            let far = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(10))
                .connect(host: route.host, port: route.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Connection(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: true))
                    }
                }
            try await far.executeThenClose { answers, requests in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await piece in input { try await requests.write(piece) }
                        requests.finish()
                    }
                    group.addTask {
                        for try await piece in answers { try await output.write(piece) }
                        output.finish()
                    }
                    try await group.waitForAll()
                }
            }
        }
    }
}
