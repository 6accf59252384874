internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Synchronization

/// A TCP port of the panel beside its HTTP one: so many connections, each with a task of its own.
struct TCPService: Service {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Collectors keep theirs open; one more is closed at once.
    static let maximumConnections = 1_000

    /// Collectors send every minute or so; who says nothing for longer has gone, or keeps others
    /// out.
    static let idleLimit = TimeAmount.minutes(10)

    let name: String
    let address: ListenAddress
    let logger: Logger
    var idleLimit = Self.idleLimit
    /// Told the port once it listens.
    var onReady: @Sendable (Int) -> Void = { _ in }
    /// Serves a connection until it returns; what it throws is this connection's end alone.
    let serve:
        @Sendable (
            NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> Void

    func run() async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // A sender that ends its side and waits is let go when all of it is stored.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(allTimeout: idleLimit), IdleEnd(),
                    ])
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        logger.info(
            "listens", metadata: ["for": "\(name)", "at": "\(address.host):\(address.port)"])
        onReady(server.channel.localAddress?.port ?? 0)
        try await cancelWhenGracefulShutdown {
            try await server.executeThenClose { try await accept($0) }
        }
    }

    private func accept(_ connections: NIOAsyncChannelInboundStream<Connection>) async throws {
        let open = Open()
        try await withThrowingDiscardingTaskGroup { group in
            for try await connection in connections {
                let isOneTooMany = open.add(1) > Self.maximumConnections
                group.addTask {
                    await self.serve(connection, isOneTooMany: isOneTooMany)
                    _ = open.add(-1)
                }
            }
        }
    }

    /// Connections that are open.
    private final class Open: Sendable {
        private let count = Mutex(0)

        func add(_ number: Int) -> Int {
            count.withLock { count in
                count += number
                return count
            }
        }
    }

    private func serve(_ connection: Connection, isOneTooMany: Bool) async {
        do {
            try await connection.executeThenClose { inbound, outbound in
                if !isOneTooMany { try await serve(inbound, outbound) }
            }
        } catch {
            logger.debug("connection ended", metadata: ["for": "\(name)", "error": "\(error)"])
        }
    }
}

/// Ends a connection on which nothing was sent or read for long.
private final class IdleEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

/// Where a port is listened on.
public struct ListenAddress: Sendable, Equatable {
    public var host: String
    /// 0 lets the system choose a free one.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
