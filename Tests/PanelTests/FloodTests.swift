import Logging
import MetricFormats
import NIOCore
import Support
import Testing

@testable import Panel

/// Senders that send too much, too long, or nothing at all.
@Suite struct FloodTests {
    @Test func `names beyond their number are refused with a reason, known ones go on`()
        async throws
    {
        try await Lab.with { lab in
            let database = try PanelDatabase(path: lab.databasePath)
            let store = MetricStore(database: database)
            let now = lab.time.panelTime.now()
            let each = 1_000
            var (stored, refused) = (0, 0)
            for start in stride(from: 0, to: MetricNames.maximumMetrics + 3 * each, by: each) {
                let values = (start..<start + each).map { ("time-\($0)", 1.0) }
                let receipt = try await store.insert(
                    [
                        .init(
                            host: "n1", at: now - Double(start),
                            values: Dictionary(uniqueKeysWithValues: values))
                    ], now: now)
                stored += receipt.stored
                refused += receipt.refused["too many names of metrics"] ?? 0
            }
            #expect(stored == MetricNames.maximumMetrics && refused == 3 * each)
            let known = try await store.insert(
                [.init(host: "n2", at: now, values: ["time-7": 1, "other": 2])], now: now)
            #expect(known.stored == 1 && known.refused == ["too many names of metrics": 1])
            try database.close()
        }
    }

    private static func serving(
        _ panel: Panel, idleLimit: TimeAmount = TCPService.idleLimit,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let lines = MetricLines(
            form: .graphite, intake: panel.intake, logger: Logger(label: "test"))
        let (ready, opened) = AsyncStream.makeStream(of: Int.self)
        let service = TCPService(
            name: "graphite", address: .init(host: "127.0.0.1", port: 0),
            logger: Logger(label: "test"), idleLimit: idleLimit, onReady: { opened.yield($0) },
            serve: lines.serve)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            for await port in ready {
                try await body(port)
                break
            }
            group.cancelAll()
        }
    }

    /// What a shell with the connection as descriptor 3 prints.
    private static func talk(_ port: Int, _ script: String) async throws -> String {
        try await Command.run(
            "timeout", ["120", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); \(script)"]
        ).output
    }

    @Test func `a line without an end, a hundred wrong ones and silence end a connection`()
        async throws
    {
        try await Lab.with { lab in
            try await lab.withPanel { panel, _ in
                try await Self.serving(panel) { port in
                    let long = "head -c 300000 /dev/zero | tr '\\0' x >&3; cat <&3; echo over"
                    let afterLong = try await Self.talk(port, long)
                    #expect(afterLong == "over\n")
                    let wrong = "yes wrong | head -n 5000 >&3; cat <&3; echo over"
                    let afterWrong = try await Self.talk(port, wrong)
                    #expect(afterWrong == "over\n")
                }
                try await Self.serving(panel, idleLimit: .milliseconds(500)) { port in
                    // Half a line, and then nothing.
                    let half = "printf 'servers.n1.load 1' >&3; cat <&3; echo over"
                    let afterHalf = try await Self.talk(port, half)
                    #expect(afterHalf == "over\n")
                }
                #expect(panel.intake.counts.now.stored == 0)
            }
        }
    }

    @Test func `who ends its side and waits is let go when all of it is stored`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, _ in
                try await Self.serving(panel) { port in
                    let at = Int(panel.time.now())
                    let program = """
                        import socket
                        link = socket.create_connection(("127.0.0.1", \(port)), 120)
                        link.sendall(b"".join(
                            b"m%d;host=n%d %d \(at)\\n" % (i % 16, i // 16, i)
                            for i in range(16000)))
                        link.shutdown(socket.SHUT_WR)
                        assert link.recv(1) == b""
                        """
                    try await Command.run("python3", ["-c", program])
                    #expect(panel.intake.counts.now.stored == 16_000)
                }
            }
        }
    }
}
