import AWS
import Digests
import FoundationEssentials
import Support
import Testing
import Transfer

/// The proxy that other tests harm their requests with: each fault as a client sees it.
@Suite struct FaultProxyTests {
    static let body = [UInt8]((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })

    static func get(_ proxy: FaultProxy, _ path: String = "/x") async throws -> HTTPResponse {
        let client = TransferClient()
        return try await client.send(
            HTTPRequest("GET", proxy.url + path),
            limits: TransferLimits(
                connect: .seconds(60), total: .seconds(300), maximumBody: 1 << 20))
    }

    static func through(
        _ rules: [FaultProxy.Rule], status: Int = 200, _ use: (FaultProxy) async throws -> Void
    ) async throws {
        try await LoopbackServer.with([.init("GET", "/x", .init(status, body: body))]) { server in
            try await FaultProxy.with(before: server.port, rules) { try await use($0) }
        }
    }

    @Test func `what it was not told to harm goes through`() async throws {
        try await Self.through([]) { proxy in
            let answer = try await Self.get(proxy)
            #expect(answer.body == Self.body && answer.headers["content-length"] == "100000")
            #expect(proxy.requests.map(\.target) == ["/x"] && proxy.requests[0].fault == nil)
        }
    }

    @Test func `an answer of its own does not reach the server, and the next request does`()
        async throws
    {
        try await Self.through([.init("GET", "/*", .slowDown)]) { proxy in
            let client = TransferClient()
            let first = try await client.send(HTTPRequest("GET", proxy.url + "/x?a=b"))
            #expect(first.status == 503 && first.text.contains("<Code>SlowDown</Code>"))
            let second = try await client.send(HTTPRequest("GET", proxy.url + "/x"))
            #expect(second.body == Self.body && proxy.connections == 1)
        }
    }

    @Test func `bodies are cut, reset, changed and announced wrongly`() async throws {
        let faults: [Fault] = [
            .reset(after: 5000), .truncate(after: 5000), .contentLength(off: 7),
        ]
        for fault in faults {
            try await Self.through([.init(nil, "/x", fault)]) { proxy in
                let error = await #expect(throws: TransferError.self) { try await Self.get(proxy) }
                #expect(error?.kind == .interrupted, "\(fault)")
            }
        }
        try await Self.through([.init(nil, "/x", .corrupt(at: 70_000))]) { proxy in
            let answer = try await Self.get(proxy)
            let changed = answer.body.indices.filter { answer.body[$0] != Self.body[$0] }
            #expect(answer.body.count == Self.body.count && changed == [70_000])
        }
        try await Self.through([.init(nil, "/x", .contentLength(off: -7))]) { proxy in
            let answer = try await Self.get(proxy)
            #expect(answer.body == Self.body.dropLast(7))
        }
    }

    @Test func `a rule counts its own requests, and one that is never used is a failure`()
        async throws
    {
        try await Self.through([.init("GET", "*/x", .internalError, on: 2...3)]) { proxy in
            let one = try await Self.get(proxy)
            let two = try await Self.get(proxy)
            let three = try await Self.get(proxy)
            #expect([one, two, three].map(\.status) == [200, 500, 500])
        }
        let unused = await #expect(throws: FaultProxy.Unused.self) {
            try await Self.through([.init("PUT", "/x", .hang)]) { _ = try await Self.get($0) }
        }
        #expect(unused?.rules == ["PUT '/x'"])
    }

    @Test func `a silent or slow server is one that a client's limit ends`() async throws {
        let faults: [Fault] = [.hang, .stall(after: 10), .dribble(every: .milliseconds(200))]
        for fault in faults {
            let rules = [FaultProxy.Rule(nil, "/x", fault)]
            let exchange = LoopbackServer.Exchange("GET", "/x", .init(200, body: Self.body))
            let isSilent = if case .hang = fault { true } else { false }
            try await LoopbackServer.with(isSilent ? [] : [exchange]) { server in
                try await FaultProxy.with(before: server.port, rules) { proxy in
                    let error = await #expect(throws: TransferError.self) {
                        try await TransferClient().send(
                            HTTPRequest("GET", proxy.url + "/x"),
                            limits: TransferLimits(
                                connect: .seconds(60), total: .seconds(2), maximumBody: 1 << 20))
                    }
                    guard case .timedOut = error?.kind else {
                        Issue.record("\(fault): \(String(describing: error))")
                        return
                    }
                }
            }
        }
    }

    @Test(.enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
    func `signed requests hold behind it, and S3's client knows S3's errors`() async throws {
        let admin = Credentials(accessKeyID: "ADMINKEY", secretAccessKey: "adminsecret")
        let place = S3Location(bucket: "faults", key: "a+b ~^.rpm")
        try await SeaweedServer.with { weed in
            try await FaultProxy.with(before: weed.port) { proxy in
                let client = try S3Client(
                    settings: AWSSettings(region: "us-east-1", endpoints: [.s3: proxy.url]),
                    credentials: StaticCredentials(admin), transfer: TransferClient())
                try await client.createBucket("faults")
                _ = try await client.put(.bytes(Self.body), to: place)
                proxy.add(.init("GET", "/faults/*", .slowDown))
                let object = try await client.get(place)
                #expect(object.bytes == Self.body)
                #expect(proxy.requests.filter { $0.method == "GET" }.count == 2)
                proxy.clear()
                // Half a minute more than what is said in whole minutes; a busy machine adds to it.
                proxy.add(.init("GET", "/faults/*", .clockBehind(seconds: 1230)))
                let skew = await #expect(throws: ServiceError.self) { try await client.get(place) }
                #expect(
                    skew?.description.contains(/clock is wrong, 2\d min behind/) == true,
                    "\(String(describing: skew))")
            }
        }
    }
}
