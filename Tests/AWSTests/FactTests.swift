import Support
import Synchronization
import Testing
import Transfer

@testable import AWS

/// What becomes of the metadata service's answers.
@Suite struct FactTests {
    /// What EC2 answers, by path below the schema.
    static let answers: [String: String] = [
        "meta-data/instance-id": "i-1", "meta-data/instance-type": "m5.large",
        "meta-data/ami-id": "ami-1", "meta-data/local-ipv4": "10.0.0.5",
        "meta-data/public-ipv4": "54.1.2.3", "meta-data/ipv6": "2a05:d018::5",
        "meta-data/local-hostname": "ip-10-0-0-5",
        "meta-data/placement/availability-zone": "eu-west-1b",
        "meta-data/placement/availability-zone-id": "euw1-az2",
        "meta-data/instance-life-cycle": "spot",
        "dynamic/instance-identity/document": #"{"accountId":"1","architecture":"arm64"}"#,
        "meta-data/block-device-mapping/": "ami\nebs1\nephemeral0\nroot",
        "meta-data/block-device-mapping/ami": "/dev/xvda",
        "meta-data/block-device-mapping/ebs1": "sdf",
        "meta-data/block-device-mapping/ephemeral0": "nvme1n1",
        "meta-data/block-device-mapping/root": "/dev/xvda",
        "meta-data/tags/instance": "Name\nhowdah:role\na b",
        "meta-data/tags/instance/Name": "n", "meta-data/tags/instance/howdah:role": "slave",
        "meta-data/tags/instance/a%20b": "c",
        "meta-data/iam/security-credentials/": "howdah-slave", "user-data": "#!/bin/sh\n",
    ]

    static func facts(
        _ changes: [String: String?] = [:]
    ) async throws -> InstanceFacts {
        let known = changes.reduce(into: answers) { $0[$1.key] = $1.value }
        return try await FactGathering { path in known[path].map { Array($0.utf8) } }.facts()
    }

    @Test func `the facts of an instance are gathered`() async throws {
        var expected = InstanceFacts(
            instanceID: "i-1", instanceType: "m5.large", imageID: "ami-1", localIPv4: "10.0.0.5",
            hostname: "ip-10-0-0-5", availabilityZone: "eu-west-1b",
            availabilityZoneID: "euw1-az2", region: "eu-west-1", accountID: "1",
            tags: ["Name": "n", "howdah:role": "slave", "a b": "c"],
            userData: Array("#!/bin/sh\n".utf8), iamRole: "howdah-slave")
        expected.localIPv6 = ["2a05:d018::5"]
        expected.publicIPv4 = "54.1.2.3"
        expected.lifeCycle = "spot"
        expected.architecture = "arm64"
        expected.blockDevices = [
            "ami": "/dev/xvda", "root": "/dev/xvda", "ebs1": "sdf", "ephemeral0": "nvme1n1",
        ]
        expected.identityDocument = Array(#"{"accountId":"1","architecture":"arm64"}"#.utf8)
        #expect(try await Self.facts() == expected)
    }

    @Test func `a private cloud's fewer answers are enough`() async throws {
        let facts = try await FactGathering { path in
            switch path {
            case "meta-data/instance-id": Array("i-7".utf8)
            case "meta-data/local-ipv4": Array("10.1.1.1".utf8)
            default: nil
            }
        }.facts()
        #expect(facts.instanceID == "i-7" && facts.hostname == "i-7" && facts.address == "10.1.1.1")
        #expect(facts.tags == nil && facts.iamRole == nil && facts.userData == nil)
    }

    @Test func `an instance with IPv6 alone has that as its address`() async throws {
        let facts = try await Self.facts(["meta-data/local-ipv4": nil])
        #expect(facts.localIPv4.isEmpty && facts.address == "2a05:d018::5")
        await #expect(throws: MetadataError.self) {
            try await Self.facts(["meta-data/local-ipv4": nil, "meta-data/ipv6": nil])
        }
    }

    @Test func `a region in the identity document counts, then the zone's`() async throws {
        let document = #"{"region":"us-gov-west-1"}"#
        let facts = try await Self.facts(["dynamic/instance-identity/document": document])
        #expect(facts.region == "us-gov-west-1" && facts.accountID == nil)
        let placed = try await Self.facts(["meta-data/placement/region": "us-west-2"])
        #expect(placed.region == "us-west-2")
    }

    @Test(arguments: [
        ("instance-id", "../../etc"), ("instance-id", "<html>\n<body>"), ("instance-id", ".."),
        ("instance-id", String(repeating: "i", count: 2000)), ("local-ipv4", "10.0.0.1 evil"),
        ("local-hostname", "a\nb"), ("placement/availability-zone", "a/b"),
        ("instance-type", "m5\u{1b}[2J"),
    ])
    func `an answer that cannot be right is refused with its path`(
        path: String, answer: String
    ) async throws {
        let error = await #expect(throws: MetadataError.self) {
            try await Self.facts(["meta-data/\(path)": answer])
        }
        let text = try #require(error?.description)
        #expect(text.contains("/meta-data/\(path)'") && text.contains("cannot be right"))
        #expect(text.utf8.allSatisfy { $0 >= 0x20 })
    }

    @Test func `a client asks the service for them, and names it in errors`() async throws {
        try await LoopbackServer.with([
            MetadataTests.token(),
            MetadataTests.get("dynamic/instance-identity/document", .init(404, "")),
            MetadataTests.get("meta-data/instance-id", .init(200, "a b")),
        ]) { server in
            let error = await #expect(throws: MetadataError.self) {
                try await MetadataTests.client(server).facts()
            }
            #expect(error?.endpoint == server.url)
        }
    }

    @Test func `without tokens only where that is said, and then never with one`() async throws {
        try await LoopbackServer.with([
            .init("GET", "/latest/meta-data/instance-id", .init(200, "i-1")),
            .init("GET", "/latest/meta-data/ami-id", .init(401, "")),
        ]) { server in
            let client = MetadataClient(
                transfer: impatientClient(),
                environment: ["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url],
                patience: .seconds(60), usesTokens: false)
            let id = try await client.text("meta-data/instance-id")
            #expect(id == "i-1")
            #expect(server.requests[0].headers["x-aws-ec2-metadata-token"] == nil)
            let error = await #expect(throws: MetadataError.self) {
                try await client.text("meta-data/ami-id")
            }
            #expect(error?.kind == .status(401))
        }
    }

    @Test(arguments: [
        ([:], ["http://169.254.169.254", "http://[fd00:ec2::254]"]),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"], ["http://[fd00:ec2::254]"]),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"], ["http://169.254.169.254"]),
        (
            [
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://m:1//",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6",
            ], ["http://m:1"]
        ),
    ])
    func `both addresses are tried unless one is named`(
        environment: [String: String], endpoints: [String]
    ) {
        #expect(MetadataClient.endpoints(environment) == endpoints)
    }

    @Test func `the endpoint that answers is kept to, whichever it is`() async throws {
        let silent = "http://127.0.0.1:\(freePorts(1)[0])"
        try await LoopbackServer.with([
            MetadataTests.token(), MetadataTests.get("a", .init(200, "1")),
            MetadataTests.get("b", .init(200, "2")),
        ]) { server in
            let client = MetadataClient(
                transfer: impatientClient(), endpoints: [silent, server.url],
                patience: .seconds(60))
            let first = try await client.text("a")
            let second = try await client.text("b")
            #expect(first == "1" && second == "2")
            #expect(await client.endpoint == server.url)
        }
    }

    @Test func `each address that gave no answer is named`() async throws {
        let silent = freePorts(2).map { "http://127.0.0.1:\($0)" }
        var configuration = TransferClient.Configuration()
        configuration.clock = SkippingClock()
        let client = MetadataClient(
            transfer: TransferClient(configuration), endpoints: silent, patience: .seconds(30))
        let error = await #expect(throws: MetadataError.self) { try await client.text("x") }
        let text = try #require(error?.description)
        for endpoint in silent { #expect(text.contains("PUT '\(endpoint)/"), "\(text)") }
    }
}

/// A clock that only sleeping moves.
private struct SkippingClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (first: Instant, second: Instant) -> Bool { first.offset < second.offset }
    }

    private final class Hand: Sendable {
        let offset = Mutex(Duration.zero)
    }

    private let hand = Hand()
    var now: Instant { Instant(offset: hand.offset.withLock { $0 }) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        hand.offset.withLock { $0 = max($0, deadline.offset) }
    }
}
