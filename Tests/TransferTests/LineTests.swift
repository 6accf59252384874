import Support
import Synchronization
import Testing
import Transfer

/// An answer that is read line by line while it comes.
@Suite struct LineTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func `lines come whole, also over the borders of what arrives at once`() async throws {
        let sent = (0..<20_000).map { "line \($0) " + String(repeating: "x", count: $0 % 90) }
        let body = sent.joined(separator: "\n")
        try await LoopbackServer.with([
            .init("GET", "/x", .init(200, body)), .init("GET", "/y", .init(200, "a\n\nb\n")),
        ]) { server in
            let (long, short) = (Lines(), Lines())
            let client = TransferTests.client()
            let answer = try await client.lines(TransferTests.get(server)) { long.add($0) }
            #expect(answer.status == 200 && long.all == sent)
            _ = try await client.lines(TransferTests.get(server, "/y")) { short.add($0) }
            #expect(short.all == ["a", "", "b"])
        }
    }

    @Test func `an answer that is too long, or has too long a line, or is none, gives an error`()
        async throws
    {
        try await LoopbackServer.with([
            .init("GET", "/x", .init(200, String(repeating: "a\n", count: 5000))),
            .init("GET", "/y", .init(200, String(repeating: "a", count: 2 << 20))),
            .init("GET", "/z", .init(500, "a\n")),
        ]) { server in
            let client = TransferTests.client()
            let lines = Lines()
            var limits = TransferLimits.file
            limits.maximumBody = 9_999
            await #expect(throws: TransferError.self) {
                _ = try await client.lines(TransferTests.get(server), limits: limits) { _ in }
            }
            await #expect(throws: TransferError.self) {
                _ = try await client.lines(TransferTests.get(server, "/y")) { _ in }
            }
            let refused = try await client.lines(TransferTests.get(server, "/z")) { lines.add($0) }
            #expect(refused.status == 500 && lines.all.isEmpty)
        }
    }
}
