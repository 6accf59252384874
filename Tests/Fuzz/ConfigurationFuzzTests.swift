import Archive
import Cluster
import FoundationEssentials
import Support
import Testing

@testable import AWS

/// What whoever launches an instance chooses, and what its cloud answers.
@Suite struct ConfigurationFuzzTests {
    static let baked = """
        howdah: 1
        cluster: c
        panel: https://p:1
        stack: s
        repositories: [{ id: a, baseurl: s3://b, gpgkey: file:///k }]

        """

    static let yaml = [
        "howdah: 1\n", "{", "}", "[", "]", ": ", "- ", "|\n  ", ">-\n", "&a ", "*a", "!!str ", "\"",
        "'", "\\x00", "\\U0001F418", "---\n", "...\n", "#", "\u{feff}", "\u{85}", "\u{2028}", "${",
        "$${", "${storage.mount}", "locked: []\n", "panel: http://e\n", "GiB", "999999999999999999",
    ]

    static let mime = [
        "MIME-Version: 1.0\n", "Content-Type: multipart/mixed; boundary=", "--b\n", "--b--\n",
        "\n\n", "\r\n", "Content-Transfer-Encoding: base64\n", "quoted-printable", "=\n", "=ZZ",
        "application/x-howdah+yaml", "text/cloud-config", "#cloud-config\n", "#!/bin/sh\n",
        "#cloud-config-archive\n- ", "\u{1f}\u{8b}", "howdah", "filename=\"",
    ]

    static func userData() throws -> [[UInt8]] {
        let plain = "howdah: 1\nrole: slave\nsettings: { hdfs-site.xml: { a: \"\\x01\\u2028\" } }\n"
        let message = """
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="b"

            --b
            Content-Type: multipart/mixed; boundary=c

            --c
            Content-Type: text/x-shellscript

            #!/bin/sh
            --c
            Content-Type: application/x-howdah+yaml
            Content-Transfer-Encoding: base64

            \(Data(plain.utf8).base64EncodedString())
            --c--
            --b
            Content-Type: text/cloud-config
            Content-Transfer-Encoding: quoted-printable
            Content-Disposition: attachment; filename="x.yaml"

            #cloud-config
            howdah: { cluster: =
            d }
            --b--
            """
        let archive = "#cloud-config-archive\n- \"#cloud-config\\nhowdah: { role: a }\"\n"
        let packed = try Compressor.compress(Array(message.utf8), .gzip)
        return [
            Array(plain.utf8), Array(message.utf8), Array(archive.utf8), packed,
            Array(Data(packed).base64EncodedString().utf8),
        ]
    }

    @Test func `user-data of any bytes is ours, somebody else's or refused`() async throws {
        let target = FuzzTarget(
            name: "user-data", corpus: try Self.userData(), words: Self.mime + Self.yaml
        ) { bytes in
            let baked = Array(Self.baked.utf8)
            let ours = try UserData.parse(bytes) { try Decompressor.decompress($0, limit: $1) }
            let file = try ClusterFile.parse(baked, file: "baked", userData: ours)
            let original = try ClusterFile.parse(baked, file: "baked")
            #expect(file.panel == original.panel && file.repositories == original.repositories)
            #expect(file.locked == original.locked && file.cloud == original.cloud)
            #expect(file.role == original.role && file.assume == original.assume)
        }
        try await Fuzzer.standard.run(target)
    }

    @Test func `a cluster file of any bytes is read or refused with a line that it has`()
        async throws
    {
        let paths = ["images/local/cluster.yaml", "Tests/Fixtures/power-cut/cluster.yaml"]
        let shipped = paths.compactMap { readFile("\(Checkout.root)/\($0)") }
        let rich =
            Self.baked + """
                role: auto
                roles: { "emr-*": slave }
                panel_keys: ["sha256//\(String(repeating: "A", count: 43))="]
                storage: [{ mount: /d, size: 1 GiB, type: gp3, filesystem: ext4, by: role }]
                settings: { a.xml: { k: "\\x01\\"", l: 'x' } }
                cloud: { endpoints: { ec2: http://e }, metadata: { tokens: never, access: root } }
                locked: [panel]
                """
        let target = FuzzTarget(
            name: "cluster-file", corpus: shipped + [Array(rich.utf8)], words: Self.yaml
        ) { bytes in
            // The last byte of each of YAML's line ends.
            let ends: Set<UInt8> = [0x0a, 0x0d, 0x85, 0xa8, 0xa9]
            let lines = bytes.count { ends.contains($0) } + 1
            do throws(ConfigurationError) {
                let file = try ClusterFile.parse(bytes, file: "f")
                let again = try ClusterFile.parse(Array(file.canonicalText.utf8), file: "f")
                #expect(again == file)
                _ = file.redacted.canonicalText
            } catch {
                #expect((1...lines).contains(error.line), "\(error)")
                #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f })
                throw error
            }
        }
        try await Fuzzer.standard.run(target)
    }

    @Test func `facts of any bytes are read or refused`() async throws {
        let text = "instance_id: i\naddress: 10.0.0.1\naddress6: fd00::1\ntags: { a: b }\n"
        let target = FuzzTarget(
            name: "facts-file", corpus: [Array(text.utf8)], words: Self.yaml
        ) { bytes in _ = try FactsFile.parse(bytes, file: "f") }
        try await Fuzzer.standard.run(target)
    }

    /// One body stands for all answers: `path` and its value in each line.
    static let answers = """
        meta-data/instance-id i-1
        meta-data/instance-type m5.large
        meta-data/local-ipv4 10.0.0.5
        meta-data/ipv6 2a05::5
        meta-data/local-hostname ip-10-0-0-5
        meta-data/placement/availability-zone eu-west-1b
        meta-data/block-device-mapping/ ami
        meta-data/block-device-mapping/ami /dev/xvda
        meta-data/tags/instance howdah:role
        meta-data/tags/instance/howdah:role slave
        meta-data/iam/security-credentials/ howdah-slave
        dynamic/instance-identity/document {"accountId":"1","region":"eu-west-1"}
        user-data #cloud-config
        """

    @Test func `metadata of any bytes gives facts that may name files, or is refused`()
        async throws
    {
        let target = FuzzTarget(
            name: "metadata", corpus: [Array(Self.answers.utf8)],
            words: ["..", "/", "\u{0}", "\u{1b}[2J", "\r", "<html>", "null", "%2e", "{", "1e999"]
        ) { bytes in
            var answers: [String: [UInt8]] = [:]
            for line in bytes.split(separator: 0x0a) {
                let path = String(decoding: line.prefix { $0 != 0x20 }, as: UTF8.self)
                // A mark in a value stands for a line's end.
                answers[path] = line.dropFirst(path.utf8.count + 1).map { $0 == 0x0d ? 0x0a : $0 }
            }
            let known = answers
            let facts: InstanceFacts
            do {
                facts = try await FactGathering { known[$0] }.facts()
            } catch {
                #expect("\(error)".utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f })
                throw error
            }
            let names = [facts.instanceID, facts.availabilityZone, facts.region]
            #expect(names.allSatisfy { !$0.contains("/") && !$0.hasPrefix(".") })
            #expect(!facts.address.isEmpty && !(facts.iamRole ?? "").contains(".."))
        }
        try await Fuzzer.standard.run(target)
    }
}
