import AWS
import FoundationEssentials
import Support
import Synchronization
import Testing
import Transfer

@testable import RepoGateway

/// The gateway before a store that answers what it was told to.
@Suite struct GatewayTests {
    static let body = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
    static let tag = ["ETag": "\"one\""]

    static func with(
        _ exchanges: [LoopbackServer.Exchange],
        credentials: any CredentialsProvider = StaticCredentials(GatewayUnderTest.keys),
        change: (inout Gateway.Settings) -> Void = { _ in },
        _ body: (LoopbackServer, GatewayUnderTest) async throws -> Void
    ) async throws {
        try await LoopbackServer.with(exchanges) { server in
            try await GatewayUnderTest.with(
                store: server.url, credentials: credentials, change: change
            ) { try await body(server, $0) }
        }
    }

    @Test func `a name of any characters is asked for as S3 signs it`() async throws {
        try await Self.with([
            .init(
                "GET", "/acme/el9/a%2Bb%20~%5Ec%2525%C3%A9.rpm",
                .init(200, headers: Self.tag, body: Self.body))
        ]) { server, gateway in
            let answer = try await gateway.get(
                "a%2bb%20%7e%5ec%2525%c3%a9.rpm",
                headers: ["Authorization": "Basic x", "Cookie": "y", "User-Agent": "dnf"])
            #expect(answer.status == 200 && answer.body == Self.body)
            #expect(answer.headers["etag"] == "\"one\"")
            #expect(answer.headers["content-length"] == "300000")
            let asked = try #require(server.requests.first)
            #expect(asked.headers["authorization"]?.hasPrefix("AWS4-HMAC-SHA256 ") == true)
            #expect(asked.headers["cookie"] == nil && asked.headers["user-agent"] != "dnf")
            #expect(!"\(asked)".contains(GatewayUnderTest.secret))
        }
    }

    @Test func `conditions and ranges go through, and their answers come back`() async throws {
        let since = "Sun, 06 Nov 1994 08:49:37 GMT"
        try await Self.with([
            .init(
                "GET", "/acme/el9/x",
                .init(200, headers: Self.tag, body: Self.body, honoursRange: true)),
            .init("GET", "/acme/el9/x", .init(304, headers: Self.tag)),
            .init("HEAD", "/acme/el9/x", .init(200, headers: Self.tag, body: Self.body)),
        ]) { server, gateway in
            let part = try await gateway.get("x", headers: ["Range": "bytes=299990-"])
            #expect(part.status == 206 && part.body == Array(Self.body.suffix(10)))
            #expect(part.headers["content-range"] == "bytes 299990-299999/300000")
            let same = try await gateway.get(
                "x", headers: ["If-None-Match": "\"one\"", "If-Modified-Since": since])
            #expect(same.status == 304 && same.body.isEmpty)
            let head = try await gateway.get("x", method: "HEAD")
            #expect(head.status == 200 && head.headers["content-length"] == "300000")
            let asked = server.requests
            #expect(asked[0].headers["range"] == "bytes=299990-")
            #expect(asked[1].headers["if-none-match"] == "\"one\"")
            #expect(asked[1].headers["if-modified-since"] == since)
            #expect(asked.map(\.connection) == [1, 1, 1], "one connection to S3 for all")
        }
    }

    @Test func `what is refused does not reach S3, and is told in words`() async throws {
        try await Self.with([]) { _, gateway in
            let post = try await gateway.get("x", method: "POST")
            #expect(post.status == 405 && post.headers["allow"] == "GET, HEAD")
            let outside = try await gateway.get("../el8/x?y=z")
            #expect(outside.status == 400)
            let base = "http://127.0.0.1:\(gateway.port)"
            let open = try await TransferClient().send(HTTPRequest("GET", base + "/acme/el9/x"))
            #expect(open.status == 403 && open.text.contains("this boot's secret"))
            let other = try await TransferClient().send(
                HTTPRequest("GET", "\(base)/\(GatewayUnderTest.secret)/acme/el8/x"))
            #expect(other.status == 403 && other.text.contains("'s3://acme/el8/x' is outside"))
        }
    }

    static func error(_ status: Int, _ code: String) -> LoopbackServer.Answer {
        .init(status, "<Error><Code>\(code)</Code><Message>no</Message></Error>")
    }

    static let listing = "/acme?list-type=2&max-keys=1&prefix=el9%2Fx"

    @Test func `S3's refusal is told with bucket, key and permission, to dnf in the URL`()
        async throws
    {
        try await Self.with([
            .init("GET", "/acme/el9/x", Self.error(403, "AccessDenied")),
            .init("GET", Self.listing, .init(403, "")),
            .init("GET", "/acme/el9/x", Self.error(403, "AccessDenied")),
        ]) { _, gateway in
            let answer = try await gateway.get("x")
            #expect(answer.status == 403)
            for part in [
                "bucket 'acme', key 'el9/x', region 'us-east-1'",
                "the caller likely lacks s3:GetObject on 'arn:aws:s3:::acme/el9/x'",
            ] {
                #expect(answer.text.contains(part), "\(answer.text)")
            }
            let dnf: HTTPHeaders = ["User-Agent": "libdnf (Debian GNU/Linux 12; generic)"]
            let led = try await gateway.get("x", headers: dnf)
            let place = try #require(led.headers["location"])
            #expect(led.status == 302 && !place.contains(GatewayUnderTest.secret))
            #expect(place.contains("/-/403/s3_GetObject_answered_403"))
            #expect(place.contains("s3:GetObject_on_'arn:aws:s3:::acme/el9/x'"))
            let told = try await TransferClient().send(
                HTTPRequest("GET", "http://127.0.0.1:\(gateway.port)\(place)", headers: dnf))
            #expect(told.status == 403 && told.text.contains("likely lacks s3:GetObject on"))
        }
    }

    /// Gives the second key once the first was refused.
    private final class TwoKeys: CredentialsProvider {
        let refusals = Mutex(0)

        func credentials() async throws -> Credentials { GatewayUnderTest.keys }

        func credentials(insteadOf refused: Credentials) async throws -> Credentials {
            refusals.withLock { $0 += 1 }
            return Credentials(accessKeyID: "KEY2", secretAccessKey: "S2", sessionToken: "T")
        }
    }

    @Test func `credentials that S3 calls expired are renewed once`() async throws {
        let expired = Self.error(400, "ExpiredToken")
        let keys = TwoKeys()
        try await Self.with(
            [
                .init("GET", "/acme/el9/x", expired),
                .init("GET", "/acme/el9/x", .init(200, "one")),
                .init("GET", "/acme/el9/x", expired), .init("GET", "/acme/el9/x", expired),
            ], credentials: keys
        ) { server, gateway in
            #expect(try await gateway.get("x").text == "one")
            #expect(server.requests[1].headers["authorization"]?.contains("KEY2/") == true)
            let still = try await gateway.get("x")
            #expect(still.status == 403 && still.text.contains("have expired"))
            #expect(keys.refusals.withLock { $0 } == 2)
        }
    }

    @Test func `credentials that expired at a HEAD, which has no words, are renewed once`()
        async throws
    {
        let keys = TwoKeys()
        let refused = LoopbackServer.Exchange("HEAD", "/acme/el9/x", .init(400))
        let whole = LoopbackServer.Exchange(
            "HEAD", "/acme/el9/x", .init(200, headers: Self.tag, body: Self.body))
        try await Self.with([refused, whole, refused, refused], credentials: keys) {
            server, gateway in
            let answer = try await gateway.get("x", method: "HEAD")
            #expect(answer.status == 200 && answer.headers["content-length"] == "300000")
            #expect(server.requests[1].headers["authorization"]?.contains("KEY2/") == true)
            #expect(try await gateway.get("x", method: "HEAD").status == 400)
            #expect(keys.refusals.withLock { $0 } == 2)
        }
    }

    @Test func `S3 that is busy for a moment is asked again, and one that stays so is told`()
        async throws
    {
        let busy = LoopbackServer.Exchange("GET", "/acme/el9/x", Self.error(503, "SlowDown"))
        let whole = LoopbackServer.Exchange("GET", "/acme/el9/x", .init(200, "one"))
        try await Self.with([busy, busy, whole] + [busy, busy, busy, busy, busy]) { _, gateway in
            #expect(try await gateway.get("x").text == "one")
            let refused = try await gateway.get("x")
            #expect(refused.status == 503 && refused.text.contains("SlowDown"))
            #expect(refused.headers["retry-after"] == "5")
        }
    }

    @Test func `a body that breaks off is continued where that is sure, and else is cut`()
        async throws
    {
        func answer(_ fault: LoopbackServer.Answer.Fault?, _ tag: String = "\"one\"")
            -> LoopbackServer.Exchange
        {
            .init(
                "GET", "/acme/el9/x",
                .init(
                    200, headers: ["ETag": tag], body: Self.body, fault: fault,
                    honoursRange: true))
        }
        try await Self.with([
            answer(.close(after: 100_000)), answer(.close(after: 50_000)), answer(nil),
        ]) { server, gateway in
            let whole = try await gateway.get("x")
            #expect(whole.body == Self.body)
            let asked = server.requests
            #expect(asked[1].headers["range"] == "bytes=100000-299999")
            #expect(asked[1].headers["if-match"] == "\"one\"")
            #expect(asked[2].headers["range"] == "bytes=150000-299999")
        }
        // Another object by now; and one of which it could not be told.
        for exchanges in [
            [answer(.close(after: 100_000)), answer(nil, "\"two\"")],
            [answer(.close(after: 100_000), "W/\"one\"")],
        ] {
            try await Self.with(exchanges) { _, gateway in
                let error = await #expect(throws: TransferError.self) {
                    try await gateway.get("x")
                }
                #expect(error?.kind == .interrupted)
            }
        }
    }

    @Test func `a request that takes too long is ended, and a silent client goes`() async throws {
        // bash's own sockets: half a request, and none.
        try await Self.with([], change: { $0.head = .milliseconds(200) }) { _, gateway in
            let half = try await Command.run(
                "bash",
                ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(gateway.port); printf 'GET /' >&3; cat <&3"])
            #expect(half.output.hasPrefix("HTTP/1.1 408 "))
        }
        try await Self.with([], change: { $0.idle = .milliseconds(200) }) { _, gateway in
            let silent = try await Command.run(
                "bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(gateway.port); cat <&3"])
            #expect(silent.output == "")
        }
    }

    @Test func `a client that reads nothing is dropped`() async throws {
        let big = [UInt8](repeating: 7, count: 32 << 20)
        try await Self.with(
            [.init("GET", "/acme/el9/x", .init(200, headers: Self.tag, body: big))],
            change: { $0.slow = .milliseconds(300) }
        ) { _, gateway in
            let path = "/\(GatewayUnderTest.secret)/acme/el9/x"
            let script = """
                exec 3<>/dev/tcp/127.0.0.1/\(gateway.port)
                printf 'GET \(path) HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' >&3
                read -r line <&3; echo "$line"; sleep 1000 & echo $! >"$1/pid"; wait
                """
            try await withTemporaryDirectory { folder in
                let client = try ServerProcess.start(
                    "/bin/bash", ["-c", script, "bash", folder], logPath: folder + "/log")
                defer { client.stop() }
                try await client.wait(for: "the gateway to drop it") {
                    gateway.log.lines.contains { $0.contains("the reader takes nothing") }
                }
            }
        }
    }

    @Test func `more clients than it takes wait, and all are served`() async throws {
        let count = 12
        let exchanges = (0..<count).map {
            LoopbackServer.Exchange("GET", "/acme/el9/\($0)", .init(200, body: Self.body))
        }
        try await Self.with(exchanges, change: { $0.maximumConnections = 2 }) { _, gateway in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<count {
                    group.addTask {
                        try await gateway.get("\(number)", headers: ["Connection": "close"])
                            .body.count
                    }
                }
                for try await size in group { #expect(size == Self.body.count) }
            }
        }
    }

    @Test func `at its end an answer that is under way is whole`() async throws {
        let big = [UInt8](repeating: 7, count: 8 << 20)
        try await Self.with([
            .init("GET", "/acme/el9/x", .init(200, headers: Self.tag, body: big))
        ]) { server, gateway in
            async let answer = gateway.get("x")
            try await server.firstRequest()
            await gateway.gateway.stop(within: .seconds(300))
            #expect(try await answer.body.count == big.count)
            await #expect(throws: TransferError.self) { try await gateway.get("y") }
        }
    }
}
