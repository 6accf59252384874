import Digests
import Support
import Testing
import Transfer

@Suite struct DownloadTests {
    static let body = TransferTests.body
    static let tag = ["ETag": "\"one\""]

    /// Downloads `/x` of a server that goes through the given answers.
    static func download(
        _ answers: [LoopbackServer.Answer], to path: String, expected: Digest? = nil,
        attempts: Int = 4, limits: TransferLimits = .file
    ) async throws -> (Download, [LoopbackServer.Request]) {
        try await LoopbackServer.with(answers.map { .init("GET", "/x", $0) }) { server in
            let download = try await TransferTests.client().download(
                to: path, expected: expected, retry: RetryPolicy(attempts: attempts),
                limits: limits
            ) { _ in HTTPRequest("GET", server.url + "/x") }
            return (download, server.requests)
        }
    }

    @Test func `a file arrives with its digest`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/file"
            let (download, _) = try await Self.download([.init(200, body: Self.body)], to: path)
            #expect(download.digest == Digest.of(Self.body) && download.size == 200_000)
            #expect(readFile(path) == Self.body && readFile(path + ".part") == nil)
        }
    }

    @Test func `a broken transfer goes on where it broke, and the digest is right`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/file"
            func cut(_ count: Int) -> LoopbackServer.Answer {
                .init(
                    200, headers: Self.tag, body: Self.body, fault: .close(after: count),
                    honoursRange: true)
            }
            let (download, requests) = try await Self.download(
                [
                    cut(70_000), cut(50_000),
                    .init(200, headers: Self.tag, body: Self.body, honoursRange: true),
                ], to: path, expected: Digest.of(Self.body))
            #expect(readFile(path) == Self.body && download.response.attempts == 3)
            let ranges = requests.map { $0.headers["range"] }
            #expect(ranges == [nil, "bytes=70000-", "bytes=120000-"])
            #expect(requests[1].headers["if-range"] == "\"one\"")
        }
    }

    @Test func `a file that changed meanwhile is fetched from its start`() async throws {
        let new = Array(Self.body.reversed())
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/file"
            let broken = LoopbackServer.Answer(
                200, headers: Self.tag, body: Self.body, fault: .close(after: 70_000))
            let (download, _) = try await Self.download(
                [
                    broken, .init(200, headers: ["ETag": "\"two\""], body: new, honoursRange: true),
                ], to: path)
            #expect(readFile(path) == new && download.digest == Digest.of(new))
        }
    }

    @Test func `a server that ignores If-Range cannot mix two files`() async throws {
        let new = Array(Self.body.reversed())
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/file"
            var rest = LoopbackServer.Answer(
                206, headers: ["ETag": "\"two\"", "Content-Range": "bytes 70000-199999/200000"],
                body: Array(new[70_000...]))
            rest.honoursRange = false
            let (download, requests) = try await Self.download(
                [
                    .init(200, headers: Self.tag, body: Self.body, fault: .close(after: 70_000)),
                    rest, .init(200, headers: ["ETag": "\"two\""], body: new),
                ], to: path)
            #expect(readFile(path) == new && download.digest == Digest.of(new))
            #expect(requests[2].headers["range"] == nil)
        }
    }

    @Test func `without an entity tag nothing is resumed`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/file"
            let (_, requests) = try await Self.download(
                [
                    .init(200, body: Self.body, fault: .close(after: 9)),
                    .init(200, body: Self.body),
                ],
                to: path)
            #expect(readFile(path) == Self.body && requests[1].headers["range"] == nil)
        }
    }

    @Test func `a wrong digest leaves the old file and nothing else`() async throws {
        try await withTemporaryDirectory { folder in
            let path = try writeFile("\(folder)/file", Array("old".utf8))
            let error = await #expect(throws: TransferError.self) {
                _ = try await Self.download(
                    [.init(200, body: Self.body)], to: path, expected: Digest.of([]))
            }
            #expect(
                error?.kind
                    == .digest(
                        expected: "\(Digest.of([]))", found: "\(Digest.of(Self.body))"))
            #expect(readFile(path) == Array("old".utf8) && readFile(path + ".part") == nil)
        }
    }

    @Test func `a refusal comes with what it said, and makes no file`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/file"
            let error = await #expect(throws: TransferError.self) {
                _ = try await Self.download([.init(403, "<Error/>")], to: path)
            }
            #expect(error?.kind == .status(403) && error?.response?.text == "<Error/>")
            #expect(readFile(path) == nil && readFile(path + ".part") == nil)
        }
    }

    @Test func `a file that is too large is given up`() async throws {
        try await withTemporaryDirectory { folder in
            let error = await #expect(throws: TransferError.self) {
                _ = try await Self.download(
                    [.init(200, body: Self.body)], to: "\(folder)/file",
                    limits: TransferLimits(maximumBody: 5))
            }
            #expect(error?.kind == .bodyTooLarge(limit: 5))
        }
    }

    @Test func `a file url is read like any other`() async throws {
        try await withTemporaryDirectory { folder in
            let source = try writeFile("\(folder)/source", Self.body)
            let client = TransferTests.client()
            let download = try await client.download(to: "\(folder)/copy") { _ in
                HTTPRequest("GET", "file://\(source)")
            }
            #expect(download.digest == Digest.of(Self.body))
            let none = try await client.send(HTTPRequest("GET", "file://\(folder)/none"))
            #expect(none.status == 404)
        }
    }

    @Test func `two downloads never write into one file`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/file"
            let slow = LoopbackServer.Answer(200, body: Self.body, fault: .stall(after: 5))
            try await LoopbackServer.with([.init("GET", "/x", slow)]) { server in
                let client = TransferTests.client()
                let first = Task {
                    try await client.download(to: path, retry: .none) { _ in
                        HTTPRequest("GET", server.url + "/x")
                    }
                }
                try await server.firstRequest()
                let error = await #expect(throws: TransferError.self) {
                    try await client.download(to: path, retry: .none) { _ in
                        HTTPRequest("GET", server.url + "/x")
                    }
                }
                guard case .localFile = error?.kind else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                first.cancel()
                _ = await first.result
            }
        }
    }
}
