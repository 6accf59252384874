internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The metadata service on a socket.
struct MetadataServer: Sendable {
    /// A request has no body worth reading; what comes is dropped, and more than this ends it.
    static let maximumBody = 16 << 10

    private typealias ResponsePart = HTTPServerResponsePart
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, ResponsePart>

    let service: MetadataService

    /// Serves until its task is cancelled. `ready` is told the port, which matters where 0 was
    /// asked for.
    func run(
        host: String, port: Int, ready: @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        ready(server.channel.localAddress?.port ?? port)
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    // A client that goes away in the middle is no error of the service's.
                    group.addTask { try? await serve(connection) }
                }
            }
        }
    }

    private func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { input, output in
            var head: HTTPRequestHead?
            var received = 0
            for try await part in input {
                switch part {
                case .head(let next):
                    head = next
                    received = 0
                case .body(let piece):
                    received += piece.readableBytes
                    if received > Self.maximumBody { return }
                case .end:
                    guard let asked = head else { return }
                    let answer = await service.answer(Self.request(asked))
                    try await write(answer, to: asked, output)
                    if !asked.isKeepAlive { return }
                }
            }
        }
    }

    private static func request(_ head: HTTPRequestHead) -> MetadataService.Request {
        var headers: [String: String] = [:]
        for (name, value) in head.headers where headers[name.lowercased()] == nil {
            headers[name.lowercased()] = value
        }
        return MetadataService.Request(
            method: head.method.rawValue, target: head.uri, headers: headers)
    }

    private func write(
        _ answer: MetadataService.Answer, to asked: HTTPRequestHead,
        _ output: NIOAsyncChannelOutboundWriter<ResponsePart>
    ) async throws {
        var headers = HTTPHeaders([
            ("Content-Type", answer.type), ("Content-Length", String(answer.body.count)),
            ("Server", "EC2ws"), ("Connection", asked.isKeepAlive ? "keep-alive" : "close"),
        ])
        for (name, value) in answer.headers { headers.add(name: name, value: value) }
        let status = HTTPResponseStatus(statusCode: answer.status)
        try await output.write(
            .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        if asked.method != .HEAD {
            try await output.write(.body(.byteBuffer(ByteBuffer(bytes: answer.body))))
        }
        try await output.write(.end(nil))
    }
}
