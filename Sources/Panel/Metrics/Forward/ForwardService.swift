internal import FoundationEssentials
internal import Logging
internal import MetricFormats
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import Transfer

/// Sends what waits for one target, for as long as the panel runs. A target that is away is tried
/// again and again, ever more seldom; what it had not taken whole goes to it once more (the same
/// value at the same time is the same point for it).
struct ForwardService: Service {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Values in one write or body.
    static let batchValues = 1_000
    /// Between two looks at an empty queue.
    static let pause = Duration.milliseconds(200)
    static let connectLimit = TimeAmount.seconds(10)
    /// Of a call with HTTP, and of a write.
    static let callLimit = Duration.seconds(20)
    static let maximumAnswerBytes: Int64 = 1 << 20
    /// Between two tries; doubles up to the longest.
    static let firstWait = Duration.seconds(1)
    static let longestWait = Duration.seconds(60)

    struct Closed: Error, CustomStringConvertible {
        var description: String
    }

    let queue: ForwardQueue
    let transfer: TransferClient
    let time: PanelTime
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                let before = queue.counts.sent
                do {
                    try await send()
                } catch {
                    guard !Task.isCancelled else { return }
                    if queue.counts.sent > before { failures = 0 }
                    if failures == 0 {
                        logger.warning(
                            "cannot forward metrics; tries on",
                            metadata: ["to": "\(queue.target)", "error": "\(error)"])
                    }
                }
                try await time.sleep(Self.wait(afterFailures: failures))
                failures += 1
            }
        }
    }

    /// Deciding only.
    static func wait(afterFailures failures: Int) -> Duration {
        min(firstWait * (1 << min(failures, 8)), longestWait)
    }

    /// Until something fails.
    private func send() async throws {
        switch queue.target {
        case .graphite(let address), .openTSDB(let address):
            try await send(over: try await connect(to: address))
        case .openTSDBHTTP(let url):
            while true { try await batch { try await put($0, to: url) } }
        }
    }

    /// Takes rows out, hands them over, and puts them back where that fails.
    private func batch(_ hand: ([MetricStore.Row]) async throws -> Int) async throws {
        let rows = queue.next(values: Self.batchValues)
        guard !rows.isEmpty else { return try await time.sleep(Self.pause) }
        do {
            queue.done(rows, refused: try await hand(rows))
        } catch {
            queue.putBack(rows)
            throw error
        }
    }

    private func connect(to address: ListenAddress) async throws -> Connection {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(Self.connectLimit)
            .connect(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(wrappingChannelSynchronously: channel)
                }
            }
    }

    private func send(over connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // tsd tells here what it did not like; its own log has it too.
                    for try await _ in inbound {}
                    throw Closed(description: "the connection was closed")
                }
                group.addTask {
                    while true {
                        try await batch { rows in
                            let lines = ByteBuffer(string: queue.target.lines(rows))
                            try await inTime { try await outbound.write(lines) }
                            return 0
                        }
                    }
                }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    /// A target that stays connected and reads nothing is away.
    private func inTime(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask { [time] in
                try await time.sleep(Self.callLimit)
                throw Closed(description: "the target took nothing for \(Self.callLimit)")
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Gives how many values were refused for good.
    private func put(_ rows: [MetricStore.Row], to url: String) async throws -> Int {
        var request = HTTPRequest("POST", url + "/api/put?summary")
        request.headers.add("content-type", "application/json")
        let count = rows.reduce(0) { $0 + $1.values.count }
        request.body = .bytes(Array(try JSONEncoder().encode(Self.objects(rows))))
        let answer = try await transfer.send(
            request,
            limits: TransferLimits(
                total: Self.callLimit, stall: nil, maximumBody: Self.maximumAnswerBytes))
        switch answer.status {
        case 200..<300: return 0
        // Asking again would bring the same.
        case 400, 413:
            let summary = try? JSONDecoder().decode(PutSummary.self, from: Data(answer.body))
            return summary?.failed ?? count
        default: throw Closed(description: "status \(answer.status) of \(url)/api/put")
        }
    }

    /// A point of OpenTSDB's `/api/put`.
    private struct PutObject: Encodable {
        let metric: String
        let timestamp: Int
        let value: Double
        let tags: [String: String]
    }

    private struct PutSummary: Decodable {
        let failed: Int
    }

    private static func objects(_ rows: [MetricStore.Row]) -> [PutObject] {
        rows.flatMap { row in
            row.values.filter(\.value.isFinite).map { name, value in
                let point = ForwardTarget.point(name, value, row)
                return PutObject(
                    metric: point.name, timestamp: Int(row.at), value: value, tags: point.tags)
            }
        }
    }
}
