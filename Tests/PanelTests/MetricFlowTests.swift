import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import MetricFormats
import NIOCore
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Panel

/// Metrics on their way through the panel: in by heartbeats and collectors, out to others' tools.
@Suite struct MetricFlowTests {
    private func beat(_ sequence: Int, _ samples: [MetricSample]) -> Heartbeat {
        var beat = Heartbeat(
            bootID: "boot-1", sequence: sequence, uptimeSeconds: 1, load1: 0.5,
            loadIsHostWide: false)
        beat.samples = samples
        return beat
    }

    private static func get(
        _ path: String, _ api: any TestClientProtocol, token: String? = Lab.operatorToken
    ) async throws -> TestResponse {
        try await send(.get, path, "", api, token: token)
    }

    private static func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String,
        _ api: any TestClientProtocol, token: String? = Lab.operatorToken
    ) async throws -> TestResponse {
        var headers: HTTPFields = [:]
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await api.executeRequest(
            uri: path, method: method, headers: headers, body: ByteBuffer(string: body))
    }

    @Test func `what a heartbeat measured is in Prometheus's text, in the table and for gmetad`()
        async throws
    {
        try await Lab.with { lab in
            let node = lab.launch(1, role: "master")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let now = panel.time.now()
                let samples = [
                    MetricSample(at: now - 60, seconds: 30, values: ["ldavg-1": 2, "user": 50]),
                    MetricSample(at: now - 30, seconds: 30, values: ["ldavg-1": 3, "user": 25]),
                ]
                _ = try await client.heartbeat(beat(1, samples))
                // An answer that was lost: the same samples once more.
                _ = try await client.heartbeat(beat(2, samples))
                let text = String(buffer: try await Self.get("/metrics", api).body)
                let labels =
                    "{cluster=\"demo\",node=\"master\",instance_id=\"\(node.instanceID)\","
                    + "role=\"master\"}"
                #expect(text.contains("\nhowdah_node_load1\(labels) 3.0\n"), "\(text)")
                #expect(text.contains("\nhowdah_node_cpu_user_ratio\(labels) 0.25\n"))
                let table = String(
                    buffer: try await Self.get("/v1/clusters/demo/metrics.csv", api).body)
                #expect(
                    table == """
                        time,node,host,ldavg-1,user\r
                        2027-01-15T07:59:00Z,master,\(node.instanceID),2.0,50.0\r
                        2027-01-15T07:59:30Z,master,\(node.instanceID),3.0,25.0\r

                        """)
                let rows = try await panel.metrics.latest(now: now, maximumAge: 180)
                let xml = String(
                    decoding: GangliaPort.document(
                        try await panel.viewer.view(of: "demo"), rows, now: now, interval: 60),
                    as: UTF8.self)
                #expect(xml.contains("<METRIC NAME=\"load_one\" VAL=\"3.0\""))
            }
        }
    }

    @Test func `metrics are for operators alone`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { _, api in
                for path in ["/metrics", "/v1/clusters/demo/metrics.csv"] {
                    #expect(try await Self.get(path, api, token: nil).status == .unauthorized)
                    #expect(try await Self.get(path, api, token: "wrong").status == .unauthorized)
                }
                let put = try await Self.send(.post, "/api/put", "[]", api, token: nil)
                #expect(put.status == .unauthorized)
            }
        }
    }

    @Test func `OpenTSDB's collectors are told what was stored, and what was not`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                let at = Int(panel.time.now())
                func point(_ value: String) -> String {
                    """
                    {"metric": "a", "timestamp": \(at), "value": \(value), "tags": {"host": "n1"}}
                    """
                }
                let all = try await Self.send(.post, "/api/put", point("4"), api)
                #expect(all.status == .noContent)
                let part = try await Self.send(
                    .post, "/api/put", "[\(point("5")), \(point("\"x\""))]", api)
                #expect(part.status == .badRequest)
                #expect(String(buffer: part.body).contains("1 values stored, others refused"))
                let rows = try await panel.metrics.latest(
                    now: panel.time.now(), maximumAge: 60)
                #expect(rows.map(\.values) == [["a": 5]])
            }
        }
    }

    @Test(
        arguments: [
            ("servers.n1.cpu.user", [:], "n1", "cpu.user"),
            ("load", ["host": "n2", "rack": "a", "b": "1"], "n2", "load;b=1;rack=a"),
            ("servers.n1", [:], nil, nil), ("load", ["host": "../n"], nil, nil),
            ("servers.=n.x", [:], nil, nil),
        ] as [(String, [String: String], String?, String?)])
    func `a point is its tag's host, or its path's`(
        name: String, tags: [String: String], host: String?, metric: String?
    ) async throws {
        try await Lab.with { lab in
            let database = try PanelDatabase(path: lab.databasePath)
            let intake = MetricIntake(
                store: MetricStore(database: database), time: lab.time.panelTime, hostPosition: 1)
            let owner = intake.owner(of: MetricPoint(name: name, tags: tags, value: 1, at: 1))
            #expect(owner?.host == host && owner?.name == metric)
            try database.close()
        }
    }

    @Test func `lines come in pieces, and what is wrong with one is told to OpenTSDB's alone`() {
        var buffer = ByteBuffer(string: "a.n.x 1 1\r\n\nb.n.x 2 2\nwrong\nc.n.")
        let (points, answers) = MetricLines.read(&buffer, .graphite)
        #expect(points.map(\.value) == [1, 2] && answers == .init(errors: 1))
        buffer.writeString("x 3 3\n")
        #expect(MetricLines.read(&buffer, .graphite).0.map(\.name) == ["c.n.x"])
        var put = ByteBuffer(string: "version\nput a 1 x host=n\nexit\nput a 1 1 host=n\n")
        #expect(
            MetricLines.read(&put, .openTSDB).1
                == .init(
                    text: "howdah-panel\n"
                        + "put: illegal argument: expected a finite number as value, found 'x'\n",
                    errors: 1, isOver: true))
    }

    @Test func `lines over TCP are stored, whoever sends them in whatever pieces`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, _ in
                let lines = MetricLines(
                    form: .graphite, intake: panel.intake, logger: Logger(label: "test"))
                let (ready, opened) = AsyncStream.makeStream(of: Int.self)
                let service = TCPService(
                    name: "graphite", address: .init(host: "127.0.0.1", port: 0),
                    logger: Logger(label: "test"), onReady: { opened.yield($0) },
                    serve: lines.serve)
                let at = Int(panel.time.now())
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await service.run() }
                    for await port in ready {
                        let send =
                            "exec 3<>/dev/tcp/127.0.0.1/\(port); for i in $(seq 500); do "
                            + "echo \"m$i;host=n1 $i \(at)\" >&3; done; printf 'm;ho' >&3; "
                            + "sleep 0.2; printf 'st=n1 7 \(at)\\n' >&3"
                        try await Command.run("timeout", ["60", "bash", "-c", send])
                        break
                    }
                    var stored = 0
                    for _ in 0..<600 where stored < 501 {
                        stored = panel.intake.counts.now.stored
                        try await Task.sleep(for: .milliseconds(100))
                    }
                    #expect(stored == 501)
                    group.cancelAll()
                }
                let rows = try await panel.metrics.latest(now: Double(at), maximumAge: 60)
                #expect(rows.count == 1 && rows[0].values.count == 501 && rows[0].values["m"] == 7)
            }
        }
    }
}
