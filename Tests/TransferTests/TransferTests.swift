import Digests
import Support
import Testing
import Transfer

@Suite struct TransferTests {
    static let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    /// Pauses between attempts take no time.
    static func client() -> TransferClient {
        var configuration = TransferClient.Configuration()
        configuration.random = { 0 }
        return TransferClient(configuration)
    }

    static func get(_ server: LoopbackServer, _ target: String = "/x") -> HTTPRequest {
        HTTPRequest("GET", server.url + target)
    }

    @Test func `a request arrives as it was made and connections are used again`() async throws {
        try await LoopbackServer.with([
            .init("POST", "/a?b=c%20d", .init(201, headers: ["X-Answer": "yes"], "made")),
            .init("PUT", "/empty", .init(200, "")), .init("GET", "/", .init(404, "none")),
            .init("HEAD", "/", .init(200, "unsent")), .init("DELETE", "/", .init(204, "")),
        ]) { server in
            let client = Self.client()
            let post = try await client.send(
                HTTPRequest(
                    "POST", server.url + "/a?b=c%20d", headers: ["X-Empty": "", "X-One": "1"],
                    body: .bytes(Array("hello".utf8))))
            #expect(post.status == 201 && post.text == "made")
            #expect(post.headers["x-answer"] == "yes")
            _ = try await client.send(HTTPRequest("PUT", server.url + "/empty"))
            #expect(try await client.send(HTTPRequest("GET", server.url + "/")).status == 404)
            let head = try await client.send(HTTPRequest("HEAD", server.url + "/"))
            #expect(head.body.isEmpty && head.headers["content-length"] == "6")
            _ = try await client.send(HTTPRequest("DELETE", server.url + "/"))
            let requests = server.requests
            #expect(requests[0].body == Array("hello".utf8))
            #expect(requests[0].headers["x-empty"] == "" && requests[0].headers["x-one"] == "1")
            #expect(requests[0].headers["user-agent"] == "howdah/0.1")
            #expect(requests[0].headers["expect"] == nil)
            #expect(requests[1].headers["content-length"] == "0")
            #expect(requests.map(\.connection) == [1, 1, 1, 1, 1])
        }
    }

    @Test func `a redirect is an answer unless it was asked to be followed`() async throws {
        let moved = LoopbackServer.Answer(302, headers: ["Location": "/there"], "")
        try await LoopbackServer.with([
            .init("GET", "/x", moved), .init("GET", "/x", moved),
            .init("GET", "/there", .init(200, "found")),
        ]) { server in
            let client = Self.client()
            let unasked = try await client.send(Self.get(server))
            #expect(unasked.status == 302)
            var request = Self.get(server)
            request.maximumRedirects = 3
            let asked = try await client.send(request)
            #expect(asked.text == "found")
        }
    }

    @Test func `a file is sent as a stream, or a range of it`() async throws {
        try await withTemporaryDirectory { folder in
            let path = try writeFile("\(folder)/body", Self.body)
            try await LoopbackServer.with([
                .init("PUT", "/whole", .init(200, "")), .init("PUT", "/part", .init(200, "")),
            ]) { server in
                let client = Self.client()
                for (name, range) in [("/whole", nil), ("/part", 1000..<5000 as Range<Int64>)] {
                    _ = try await client.send(
                        HTTPRequest(
                            "PUT", server.url + name, body: .file(path: path, range: range)))
                }
                #expect(server.requests[0].body == Self.body)
                #expect(server.requests[1].body == Array(Self.body[1000..<5000]))
            }
        }
    }

    @Test func `failures of the server are tried again, with a request made anew`() async throws {
        try await LoopbackServer.with([
            .init("GET", "/x?n=1", .init(503, headers: ["Retry-After": "0"], "busy")),
            .init("GET", "/x?n=2", .init(200, body: Self.body, fault: .close(after: 10))),
            .init("GET", "/x?n=3", .init(200, "fine")),
        ]) { server in
            let response = try await Self.client().send(retry: RetryPolicy(attempts: 3)) {
                Self.get(server, "/x?n=\($0)")
            }
            #expect(response.text == "fine" && response.attempts == 3)
        }
    }

    @Test func `attempts are bounded and the last answer is handed back`() async throws {
        let busy = LoopbackServer.Answer(503, "busy")
        try await LoopbackServer.with([.init("GET", "/x", busy), .init("GET", "/x", busy)]) {
            server in
            let response = try await Self.client().send(retry: RetryPolicy(attempts: 2)) { _ in
                Self.get(server)
            }
            #expect(response.status == 503 && response.attempts == 2)
        }
    }

    @Test func `a body beyond the limit is refused`() async throws {
        try await LoopbackServer.with([.init("GET", "/x", .init(200, body: Self.body))]) { server in
            let error = await #expect(throws: TransferError.self) {
                try await Self.client().send(
                    Self.get(server), limits: TransferLimits(maximumBody: 1000))
            }
            #expect(error?.kind == .bodyTooLarge(limit: 1000))
        }
    }

    @Test func `a time-out says what it waited for`() async throws {
        let half = LoopbackServer.Answer(200, body: Self.body, fault: .stall(after: 7))
        try await LoopbackServer.with([
            .init("GET", "/x", .init(200, fault: .silence)), .init("GET", "/x", half),
        ]) { server in
            let limits = TransferLimits(total: .seconds(5))
            for expected in ["an answer", "the rest of the body (7 of 200000 bytes came)"] {
                let error = await #expect(throws: TransferError.self) {
                    try await Self.client().send(Self.get(server), limits: limits)
                }
                guard case .timedOut(let what, _) = error?.kind else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(what == expected)
            }
        }
    }

    @Test func `nobody listening is named, without the query's secrets`() async throws {
        let url = "http://user:word@127.0.0.1:\(freePorts(1)[0])/a?X-Amz-Signature=secret"
        let error = await #expect(throws: TransferError.self) {
            try await Self.client().send(retry: RetryPolicy(attempts: 3)) { _ in
                HTTPRequest("GET", url)
            }
        }
        let text = try #require(error?.description)
        #expect(error?.kind == .notConnected && error?.attempts == 3)
        #expect(!text.contains("secret") && !text.contains("word"))
        #expect(text.contains("(3 attempts): could not connect"))
    }

    @Test func `cancelling the task ends the transfer`() async throws {
        try await LoopbackServer.with([.init("GET", "/x", .init(200, fault: .silence))]) {
            server in
            let client = Self.client()
            let task = Task { try await client.send(Self.get(server)) }
            try await server.firstRequest()
            task.cancel()
            let error = await #expect(throws: TransferError.self) { try await task.value }
            #expect(error?.kind == .cancelled)
        }
    }

    @Test func `no control character gets into a request`() async throws {
        let client = Self.client()
        for request in [
            HTTPRequest("GET", "http://127.0.0.1:1/a b\r\nX: y"),
            HTTPRequest("GET", "http://127.0.0.1:1/", headers: ["X": "a\r\nY: b"]),
        ] {
            let error = await #expect(throws: TransferError.self) { try await client.send(request) }
            #expect(error?.kind == .invalidRequest)
        }
    }

    @Test func `a proxy is used unless the request passes it by`() async throws {
        try await LoopbackServer.with([.init("GET", "http://there.invalid/x", .init(200, "via"))]) {
            proxy in
            try await LoopbackServer.with([.init("GET", "/x", .init(200, "direct"))]) { server in
                var configuration = TransferClient.Configuration()
                configuration.proxy = proxy.url
                let client = TransferClient(configuration)
                let via = try await client.send(HTTPRequest("GET", "http://there.invalid/x"))
                #expect(via.text == "via")
                var request = Self.get(server)
                request.proxyBypass = true
                let direct = try await client.send(request)
                #expect(direct.text == "direct")
            }
        }
    }
}
