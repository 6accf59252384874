import FoundationEssentials
import Logging
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Panel

/// What comes in goes out again, to the stores that it is meant for.
@Suite struct ForwardTests {
    private static func rows(_ number: Int, at: Int) -> [MetricStore.Row] {
        (0..<number).map {
            MetricStore.Row(
                host: "n\($0).example", at: Double(at),
                values: ["load": Double($0) + 0.5, "disk;mount=/data": 7])
        }
    }

    /// Sends for as long as `body` lasts.
    private static func sending(
        _ queue: ForwardQueue, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let service = ForwardService(
            queue: queue, transfer: TransferClient(), time: .live,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            try await body()
            group.cancelAll()
        }
    }

    private static func waitUntilSent(_ queue: ForwardQueue, _ number: Int) async throws {
        for _ in 0..<1200 where queue.counts.sent < number {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(queue.counts.sent == number && queue.counts.waiting == 0)
    }

    @Test(.enabled(if: CarbonCache.isThere, "graphite-carbon comes with scripts/setup"))
    func `carbon keeps what is forwarded, though it was away at first`() async throws {
        try await withTemporaryDirectory { directory in
            let port = freePorts(1)[0]
            let at = Int(Date().timeIntervalSince1970) - 60
            let queue = ForwardQueue(.graphite(.init(host: "127.0.0.1", port: Int(port))))
            queue.add(Self.rows(30, at: at))
            try await Self.sending(queue) {
                let carbon = try await CarbonCache.start(in: directory, port: port)
                defer { carbon.process.stop() }
                try await Self.waitUntilSent(queue, 60)
                try await carbon.keeps("n3_example.load", "3.500000", at: at)
                try await carbon.keeps("n29_example.load", "29.500000", at: at)
            }
            #expect(queue.counts == .init(sent: 60, dropped: 0, waiting: 0))
        }
    }

    @Test(
        .enabled(if: VictoriaMetrics.isThere, "victoria-metrics comes with scripts/setup"),
        arguments: [false, true])
    func `VictoriaMetrics keeps what is forwarded in OpenTSDB's words`(byHTTP: Bool) async throws {
        try await withTemporaryDirectory { directory in
            let store = try await VictoriaMetrics.start(in: directory)
            defer { store.process.stop() }
            let target: ForwardTarget =
                byHTTP
                ? .openTSDBHTTP("http://127.0.0.1:\(store.put)")
                : .openTSDB(.init(host: "127.0.0.1", port: Int(store.telnet)))
            let at = Int(Date().timeIntervalSince1970) - 60
            let queue = ForwardQueue(target)
            queue.add(Self.rows(1_200, at: at))
            try await Self.sending(queue) {
                try await Self.waitUntilSent(queue, 2_400)
                try await store.exports(#"{__name__="load",host="n1199.example"}"#) { answer in
                    answer.contains("1199.5") && answer.contains("\(at)000")
                }
                try await store.exports(#"{__name__="disk",mount="/data",host="n7.example"}"#) {
                    $0.contains("\"values\":[7]")
                }
            }
        }
    }

    @Test func `of what is too much for a target that is away the oldest goes, and is counted`() {
        let queue = ForwardQueue(.graphite(.init(host: "192.0.2.1", port: 2003)))
        let each = ForwardQueue.maximumValues / 10
        for number in 0..<12 {
            queue.add(
                (0..<each / 2).map { _ in
                    .init(host: "n", at: Double(number), values: ["a": 1, "b": 2])
                })
        }
        #expect(queue.counts.dropped == 2 * each && queue.counts.waiting == 10 * each)
        let next = queue.next(values: 1_000)
        #expect(next.count == 500 && next.allSatisfy { $0.at == 2 })
        // What did not go out has its place again; it fits, since nothing came meanwhile.
        queue.putBack(next)
        #expect(queue.counts.waiting == 10 * each && queue.next(values: 1).first?.at == 2)
        queue.done(next, refused: 3)
        #expect(queue.counts.sent == 997 && queue.counts.dropped == 2 * each + 3)
    }

    @Test func `targets are read from the settings, and wrong ones are said`() throws {
        func targets(_ lines: String) throws -> [ForwardTarget] {
            let text = """
                cluster: demo
                listen: 127.0.0.1:0
                database: /tmp/x.db
                operator-token-file: /tmp/token
                region: eu-central-1
                account: "123456789012"
                roles: {howdah-slave: slave}
                \(lines)
                """
            return try PanelSettings.parse(Array(text.utf8), file: "panel.yaml").forwards
        }
        #expect(try targets("") == [])
        #expect(
            try targets("forward-graphite: g.example:2003\nforward-opentsdb: http://t.example/")
                == [
                    .graphite(.init(host: "g.example", port: 2003)),
                    .openTSDBHTTP("http://t.example"),
                ])
        #expect(
            try targets("forward-opentsdb: t.example:4242")
                == [.openTSDB(.init(host: "t.example", port: 4242))])
        #expect(throws: (any Error).self) { try targets("forward-graphite: g.example") }
        #expect(throws: (any Error).self) { try targets("forward-opentsdb: t.example:0") }
    }

    @Test func `waits between tries double up to a minute`() {
        let waits = (0...9).map { ForwardService.wait(afterFailures: $0) }
        #expect(waits.prefix(4) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(waits.last == .seconds(60))
    }

    @Test func `heartbeats go out under their nodes' names`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            var settings = lab.settings
            settings.forwards = [.graphite(.init(host: "192.0.2.1", port: 2003))]
            try await lab.withPanel(settings) { panel, api in
                let now = panel.time.now()
                var beat = HeartbeatSamples.beat(1, at: [now - 30, now - 1e6])
                beat.sentAt = now
                _ = try await lab.client(1, api).heartbeat(beat)
                let queue = try #require(panel.forward.queues.first)
                let rows = queue.next(values: 10)
                // The older one is none of this day, for us and for them.
                #expect(rows == [.init(host: "master", at: now - 30, values: ["ldavg-1": 1])])
                #expect(queue.target.lines(rows) == "master.ldavg-1 1.0 \(Int(now - 30))\n")
            }
        }
    }
}
