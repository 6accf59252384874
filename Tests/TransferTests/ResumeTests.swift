import Digests
import Support
import Testing
import Transfer

/// Downloads that go on where an earlier process stopped.
@Suite struct ResumeTests {
    static let body = TransferTests.body
    static let tag = ["ETag": "\"one\""]

    /// As `download`, of a file whose first bytes are there from before.
    private static func resume(
        _ left: [UInt8], _ answers: [LoopbackServer.Answer], to path: String
    ) async throws -> [LoopbackServer.Request] {
        try writeFile(path + ".part", left)
        return try await LoopbackServer.with(answers.map { .init("GET", "/x", $0) }) { server in
            let download = try await TransferTests.client().download(
                to: path, expected: Digest.of(Self.body), retry: RetryPolicy(attempts: 4),
                arrival: .cached
            ) { _ in HTTPRequest("GET", server.url + "/x") }
            #expect(download.size == Int64(Self.body.count))
            #expect(readFile(path) == Self.body && readFile(path + ".part") == nil)
            return server.requests
        }
    }

    @Test func `what an earlier process left is continued where its digest comes out right`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let whole = LoopbackServer.Answer(
                200, headers: Self.tag, body: Self.body, honoursRange: true)
            let requests = try await Self.resume(
                Array(Self.body.prefix(70_000)), [whole], to: "\(folder)/file")
            #expect(requests.map { $0.headers["range"] } == ["bytes=70000-"])
            #expect(requests[0].headers["if-range"] == nil)
        }
    }

    @Test func `what an earlier process left of something else is fetched from its start`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let whole = LoopbackServer.Answer(
                200, headers: Self.tag, body: Self.body, honoursRange: true)
            let requests = try await Self.resume(
                [UInt8](repeating: 0, count: 70_000), [whole, whole], to: "\(folder)/file")
            #expect(requests.map { $0.headers["range"] } == ["bytes=70000-", nil])
        }
    }

    @Test func `what an earlier process left is no hindrance where a server knows no ranges`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let requests = try await Self.resume(
                Array(Self.body.prefix(70_000)), [.init(200, body: Self.body)],
                to: "\(folder)/file")
            #expect(requests.count == 1)
        }
    }

    @Test func `a transfer that is given up leaves what came for the next one`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/file"
            let broken = LoopbackServer.Answer(
                200, headers: Self.tag, body: Self.body, fault: .close(after: 70_000))
            try await LoopbackServer.with([.init("GET", "/x", broken)]) { server in
                _ = await #expect(throws: TransferError.self) {
                    try await TransferTests.client().download(
                        to: path, expected: Digest.of(Self.body), retry: .none, arrival: .cached
                    ) { _ in HTTPRequest("GET", server.url + "/x") }
                }
            }
            #expect(readFile(path + ".part") == Array(Self.body.prefix(70_000)))
            #expect(readFile(path) == nil)
        }
    }
}
