import AWS
import Cluster
import Host
import Support
import Testing
import Transfer

@testable import Node

/// The `cloud` section of the cluster file, as a boot meets it.
@Suite struct CloudTests {
    private static let start = "howdah: 1\ncluster: c\npanel: https://p:1\nstack: s\n"

    private func withRoot(
        _ cluster: String?, _ body: (HostPaths) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { root in
            let paths = HostPaths(root: root)
            try paths.files.makeDirectory("/etc/howdah")
            if let cluster {
                try paths.files.write(Self.start + cluster, to: BootConfiguration.clusterPath)
            }
            try await body(paths)
        }
    }

    @Test func `endpoints of the file count unless the environment names them`() async throws {
        let text = """
            cloud:
              region: garage
              endpoints: { s3: http://s3, sts: http://sts }
              metadata: { endpoint: http://m }
            """
        try await withRoot(text) { paths in
            let environment = BakedCloud(paths).environment([
                "AWS_ENDPOINT_URL_S3": "http://mine", "AWS_REGION": "",
            ])
            #expect(
                environment == [
                    "AWS_REGION": "garage", "AWS_ENDPOINT_URL_S3": "http://mine",
                    "AWS_ENDPOINT_URL_STS": "http://sts",
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://m",
                ])
            let settings = AWSSettings.load(environment: environment)
            #expect(settings.region == "garage")
            #expect(settings.endpoints[.s3] == "http://mine" && settings.endpoints[.ec2] == nil)
        }
    }

    @Test func `a private cloud's metadata without tokens is asked so`() async throws {
        try await LoopbackServer.with([
            .init("GET", "/latest/user-data", .init(200, "hello"))
        ]) { server in
            let text = """
                cloud:
                  endpoints: { ec2: http://ec2 }
                  metadata: { endpoint: '\(server.url)', tokens: never, patience: 60 s }
                """
            try await withRoot(text) { paths in
                let baked = BakedCloud(paths)
                let (_, service) = baked.source(TransferClient(), baked.environment([:]))
                let answer = try await service?.text("user-data")
                #expect(answer == "hello")
            }
        }
    }

    @Test func `a machine without metadata has its facts from a file`() async throws {
        try await withRoot("cloud: { facts: file:///etc/facts.yaml, region: garage }") { paths in
            let facts = """
                instance_id: rack7-node3
                address6: fd00::3
                zone: rack7
                tags: { howdah:role: slave }
                user_data: /etc/user-data

                """
            try paths.files.write(facts, to: "/etc/facts.yaml")
            try paths.files.write("howdah: 1\nrole: slave\n", to: "/etc/user-data")
            let world = LiveWorld.make(paths: paths, environment: [:])
            let found = try await world.metadata.facts()
            #expect(found.instanceID == "rack7-node3" && found.hostname == "rack7-node3")
            #expect(found.address == "fd00::3" && found.availabilityZone == "rack7")
            #expect(found.tags == ["howdah:role": "slave"])
            #expect(found.userData == Array("howdah: 1\nrole: slave\n".utf8))
        }
    }

    @Test(arguments: [
        ("", "/etc/facts.yaml:1: facts file"), ("address: 10.0.0.1\n", "'instance_id' is missing"),
        ("instance_id: a\n", "'address' is missing"),
        ("instance_id: a\naddress: 10.0.0.256\n", "expected an IPv4 address"),
        ("instance_id: a\naddress6: fd00:::1\n", "expected an IPv6 address"),
        ("instance_id: a\nadress: 10.0.0.1\n", "did you mean 'address'?"),
    ])
    func `a mistake in the facts file is named`(text: String, words: String) async throws {
        try await withRoot("cloud: { facts: file:///etc/facts.yaml }") { paths in
            try paths.files.write(text, to: "/etc/facts.yaml")
            let world = LiveWorld.make(paths: paths, environment: [:])
            let error = await #expect(throws: (any Error).self) {
                try await world.metadata.facts()
            }
            let line = error.map { "\($0)" } ?? ""
            #expect(line.contains(words) || text.isEmpty, "\(line)")
        }
    }

    @Test func `a wrong cluster file is told before anybody is asked`() async throws {
        try await withRoot("cloud: { metadta: {} }") { paths in
            let world = LiveWorld.make(paths: paths, environment: [:])
            let error = await #expect(throws: ConfigurationError.self) {
                try await world.metadata.facts()
            }
            #expect(error?.description.contains("did you mean 'metadata'?") == true)
        }
    }

    @Test func `facts are shown in a line each, with what is not there in words`() {
        var facts = BootLab.facts()
        facts.tags = ["a": "b\u{1b}[2J\nc"]
        let lines = FactTable(facts).lines
        #expect(lines.contains { $0.hasPrefix("tag a") && $0.hasSuffix("b?[2J?c") })
        facts.tags = nil
        #expect(FactTable(facts).values["tags"]?.contains("InstanceMetadataTags") == true)
    }
}
