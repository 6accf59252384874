import Synchronization
import Testing
import Transfer

@testable import LocalCloud

/// The metadata service's rules over a real connection. The oracle is EC2's user guide ("Use the
/// Instance Metadata Service to access instance metadata").
@Suite struct MetadataServiceTests {
    static let facts = MetadataFacts(
        instanceID: "i-0123", imageID: "ami-1", instanceType: "m5.large", address: "10.77.0.12",
        zone: "us-east-1a", region: "us-east-1", account: "000000000000",
        tags: ["Name": "slave-1", "howdah:role": "slave"], userData: Array("#howdah\n".utf8),
        role: "howdah-slave", launchSeconds: 1_767_225_600, devices: ["/dev/sdf"])

    /// A clock that only the test moves.
    final class Hand: Sendable {
        let seconds = Mutex(1000.0)
        func move(_ by: Double) { seconds.withLock { $0 += by } }
        @Sendable func now() -> Double { seconds.withLock { $0 } }
    }

    struct Client {
        let transfer = TransferClient()
        let port: Int

        func send(
            _ method: String, _ path: String, _ headers: HTTPHeaders = [:]
        ) async throws -> HTTPResponse {
            try await transfer.send(
                HTTPRequest(
                    method, "http://127.0.0.1:\(port)\(path)", headers: headers,
                    proxyBypass: true))
        }

        func token(lifetime: String = "60") async throws -> String {
            let answer = try await send(
                "PUT", MetadataService.tokenPath, [MetadataService.lifetimeHeader: lifetime])
            #expect(answer.status == 200)
            #expect(answer.headers[MetadataService.lifetimeHeader] == lifetime)
            return answer.text
        }

        func get(_ path: String, token: String) async throws -> HTTPResponse {
            try await send("GET", path, [MetadataService.tokenHeader: token])
        }
    }

    static func with(
        _ facts: MetadataFacts = facts, hand: Hand = Hand(),
        issue: @escaping RoleCredentials.Issue = { _ in throw LabError("nobody issues") },
        _ body: @escaping @Sendable (Client) async throws -> Void
    ) async throws {
        let service = MetadataService(
            facts: { facts }, credentials: RoleCredentials(now: hand.now, issue: issue),
            monotonic: hand.now, random: { RandomBytes.make(32) })
        let (ports, say) = AsyncStream<Int>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await MetadataServer(service: service).run(host: "127.0.0.1", port: 0) {
                    say.yield($0)
                }
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(Client(port: port))
            group.cancelAll()
        }
    }

    @Test func `nothing is answered without a token that was issued`() async throws {
        try await Self.with { client in
            #expect(try await client.send("GET", "/latest/meta-data/").status == 401)
            #expect(try await client.get("/latest/meta-data/", token: "made-up").status == 401)
            let token = try await client.token()
            #expect(try await client.get("/latest/meta-data/", token: token).status == 200)
        }
    }

    @Test func `a token ends with its lifetime`() async throws {
        let hand = Hand()
        try await Self.with(hand: hand) { client in
            let token = try await client.token(lifetime: "10")
            hand.move(9.9)
            #expect(try await client.get("/latest/user-data", token: token).status == 200)
            hand.move(0.1)
            #expect(try await client.get("/latest/user-data", token: token).status == 401)
        }
    }

    @Test(arguments: ["0", "21601", "-1", "soon", ""])
    func `a lifetime that is none is refused`(lifetime: String) async throws {
        try await Self.with { client in
            let answer = try await client.send(
                "PUT", MetadataService.tokenPath, [MetadataService.lifetimeHeader: lifetime])
            #expect(answer.status == 400)
        }
    }

    @Test func `a forwarded request gets no token, and a wrong method nothing`() async throws {
        try await Self.with { client in
            let forwarded = try await client.send(
                "PUT", MetadataService.tokenPath,
                [MetadataService.lifetimeHeader: "60", "X-Forwarded-For": "10.0.0.1"])
            #expect(forwarded.status == 403)
            #expect(try await client.send("PUT", MetadataService.tokenPath).status == 400)
            #expect(try await client.send("GET", MetadataService.tokenPath).status == 405)
            #expect(try await client.send("POST", "/latest/meta-data/").status == 405)
        }
    }

    struct PathCase: Sendable {
        var path: String
        var text: String?
    }

    static let paths: [PathCase] = [
        .init(path: "/latest/meta-data/instance-id", text: "i-0123"),
        .init(path: "/2021-07-15/meta-data/local-ipv4", text: "10.77.0.12"),
        .init(path: "/latest/meta-data/local-hostname", text: "ip-10-77-0-12.ec2.internal"),
        .init(path: "/latest/meta-data/mac", text: "02:00:0a:4d:00:0c"),
        .init(
            path: "/latest/meta-data/placement",
            text: "availability-zone\navailability-zone-id\nregion"),
        .init(path: "/latest/meta-data/placement/availability-zone-id", text: "use1-az1"),
        .init(path: "/latest/meta-data/tags/instance", text: "Name\nhowdah:role"),
        .init(path: "/latest/meta-data/tags/instance/howdah:role", text: "slave"),
        .init(path: "/latest/meta-data/tags/instance/howdah%3Arole", text: "slave"),
        .init(path: "/latest/meta-data/tags/", text: "instance/"),
        .init(path: "/latest/meta-data/iam/security-credentials/", text: "howdah-slave"),
        .init(path: "/latest/meta-data/block-device-mapping/ebs1", text: "sdf"),
        .init(path: "/latest/user-data", text: "#howdah\n"),
        .init(path: "/latest/", text: "dynamic/\nmeta-data/\nuser-data"),
        .init(path: "/2009-04-04/meta-data/instance-id", text: nil),
        .init(path: "/latest/meta-data/tags/instance/absent", text: nil),
        .init(path: "/latest/meta-data/iam/security-credentials/other", text: nil),
        .init(path: "/latest/meta-data/../user-data", text: nil),
    ]

    @Test(arguments: paths) func `paths are those of ec2`(row: PathCase) async throws {
        try await Self.with { client in
            let answer = try await client.get(row.path, token: try await client.token())
            #expect(answer.status == (row.text == nil ? 404 : 200))
            if let text = row.text { #expect(answer.text == text) }
        }
    }

    @Test func `what an instance does not have is not found`() async throws {
        var bare = Self.facts
        bare.userData = nil
        bare.role = nil
        bare.tags = [:]
        try await Self.with(bare) { client in
            let token = try await client.token()
            for path in ["user-data", "meta-data/iam/info", "meta-data/tags/instance"] {
                #expect(try await client.get("/latest/\(path)", token: token).status == 404)
            }
        }
    }
}
