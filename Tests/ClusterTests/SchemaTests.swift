import Cluster
import FoundationEssentials
import Support
import Testing

/// The JSON Schema and the parser take and refuse the same files. Python's jsonschema reads the
/// schema.
@Suite struct SchemaTests {
    private static let start = "howdah: 1\ncluster: c\npanel: https://p:1\nstack: s\n"
    private static let pin = "sha256//" + String(repeating: "A", count: 43) + "="
    private static let print = String(repeating: "0123 4567 89ab CDEF ", count: 3).dropLast(10)
    private static let key = "gpgkey: file:///k"

    /// What follows the shortest right file, one or more of each key.
    private static let right =
        [
            "", "role: auto", "role: 7", "roles: { 'emr-*': slave, x: 1 }", "assume: [java]",
            "image_repositories: true", "locked: [image_repositories]",
            "locked: []", "locked: [panel, cloud, roles]",
            "panel_keys: ['\(pin)']", "panel_keys: []", "settings: { a.xml: { k: 1, l: true } }",
            "cloud: {}", "cloud: { region: garage, facts: file:///etc/f.yaml }",
            "cloud: { endpoints: { ec2: http://e/x, s3: https://s, sts: 'http://[::1]:80' } }",
            "cloud: { metadata: { endpoint: http://m/, tokens: required, patience: 2 min } }",
            "cloud: { endpoints: { ec2: http://e }, metadata: { tokens: never, patience: 1h } }",
            "cloud: { metadata: { access: root } }", "cloud: { metadata: { access: everyone } }",
            "repositories: []", "enrolment: sts", "enrolment: token",
            "enrolment_token: howdah-once-0123456", "locked: [enrolment, enrolment_token]",
            "enrolment: token\nenrolment_token: howdah-once-0123456",
        ]
        + [
            "{ id: a, baseurl: s3://b, \(key) }", "{ id: a, baseurl: file:///b/c, \(key) }",
            "{ id: a, baseurl: http://b/, gpgcheck: false, repo_gpgcheck: false }",
            "{ id: a, baseurl: https://b, \(key), fingerprints: ['\(print)'] }",
            "{ id: a, baseurl: https://b, \(key), fingerprints: [], gpgcheck: true }",
        ].map { "repositories: [\($0)]" }
        + [
            "{ mount: /d, size: 1 GiB }", "{ mount: /d/e, size: 5TB, type: io2 }",
            "{ mount: /d, size: 900 MiB, filesystem: ext4, by: role }",
            "{ mount: /d, size: 1 TiB, filesystem: xfs, by: panel }, { mount: /e, size: 1 GB }",
        ].map { "storage: [\($0)]" }

    private static let wrong =
        [
            "pannel: x", "role: [a]", "role: a b", "roles: [a]", "roles: { a: 'b c' }",
            "roles: { a: [b] }", "assume: java", "assume: [[a]]", "image_repositories: [a]",
            "image_repositories: often", "locked: [pannel]",
            "locked: panel", "panel_keys: '\(pin)'", "panel_keys: ['sha256//abc=']",
            "panel_keys: [' \(pin)']", "settings: x", "settings: { a.xml: [k] }",
            "settings: { a.xml: { k: [1] } }", "cloud: x", "cloud: { endpoint: http://x }",
            "cloud: { region: 'a b' }", "cloud: { endpoints: { iam: http://x } }",
            "cloud: { endpoints: { ec2: ftp://x } }", "cloud: { endpoints: { ec2: 'http://' } }",
            "cloud: { endpoints: { ec2: 'http://u@h' } }", "cloud: { facts: /etc/f.yaml }",
            "cloud: { facts: file:///f, metadata: {} }", "cloud: { metadata: { tokens: maybe } }",
            "cloud: { metadata: { tokens: never } }",
            "cloud: { endpoints: {}, metadata: { tokens: never } }",
            "cloud: { metadata: { patience: 2 } }", "cloud: { metadata: { patience: 0 s } }",
            "cloud: { metadata: { patience: 2 minutes } }", "cloud: { metadata: { token: x } }",
            "cloud: { metadata: { access: nobody } }", "cloud: { metadata: { access: [root] } }",
            "repositories: x", "enrolment: none", "enrolment_token: short",
            "enrolment_token: [a]", "enrolment_token: 'with blanks in the middle'",
            "enrolment: sts\nenrolment_token: howdah-once-0123456",
        ]
        + [
            "{ id: a, baseurl: s3://b }", "{ baseurl: s3://b, \(key) }", "{ id: a, \(key) }",
            "{ id: a, baseurl: s3://b, gpgcheck: false }", "{ id: a, baseurl: ftp://b, \(key) }",
            "{ id: a, baseurl: 's3://', \(key) }", "{ id: a/b, baseurl: s3://b, \(key) }",
            "{ id: a, baseurl: s3://b, gpgkey: https://k }",
            "{ id: a, baseurl: 's3://b c', \(key) }",
            "{ id: a, baseurl: s3://b, \(key), fingerprints: [0123] }",
            "{ id: a, baseurl: s3://b, \(key), fingerprint: x }",
            "{ id: a, baseurl: s3://b, \(key), gpgcheck: 2 }",
        ].map { "repositories: [\($0)]" }
        + [
            "{ mount: /d }", "{ size: 1 GiB }", "{ mount: /, size: 1 GiB }",
            "{ mount: /d/../e, size: 1 GiB }", "{ mount: /d, size: 200 }",
            "{ mount: /d, size: 0 GiB }", "{ mount: /d, size: 1 Gib }",
            "{ mount: /d, size: 1 GiB, filesystem: btrfs }", "{ mount: /d, size: 1 GiB, by: me }",
            "{ mount: /d, size: 1 GiB, type: 'a b' }", "{ mount: /d, size: 1 GiB, kms: x }",
        ].map { "storage: [\($0)]" }

    private static let whole = [
        "cluster: c\npanel: http://p\nstack: s", "howdah: 2\ncluster: c\npanel: http://p\nstack: s",
        "howdah: 1\npanel: http://p\nstack: s", "howdah: 1\ncluster: c\nstack: s",
        "howdah: 1\ncluster: c\npanel: http://p",
        "howdah: 1\ncluster: -c\npanel: http://p\nstack: s",
        "howdah: 1\ncluster: c\npanel: http://p/x\nstack: s", "[]",
        "howdah: 1\ncluster: c\npanel: http://p\nstack: s\npanel_keys: ['\(pin)']",
    ]

    private func isTaken(_ text: String) -> Bool {
        (try? ClusterFile.parse(Array(text.utf8), file: "f")) != nil
    }

    @Test func `the parser takes what is right and refuses what is wrong`() {
        for lines in Self.right { #expect(isTaken(Self.start + lines), "\(lines)") }
        for lines in Self.wrong { #expect(!isTaken(Self.start + lines), "\(lines)") }
        for text in Self.whole { #expect(!isTaken(text), "\(text)") }
    }

    @Test func `the schema takes and refuses the same files as the parser`() async throws {
        let shipped = try ["images/local/cluster.yaml", "Tests/Fixtures/power-cut/cluster.yaml"]
            .map { try String(contentsOfFile: "\(Checkout.root)/\($0)", encoding: .utf8) }
        let texts = shipped + Self.whole + (Self.right + Self.wrong).map { Self.start + $0 + "\n" }
        try await withTemporaryDirectory { folder in
            var paths: [String] = []
            for (number, text) in texts.enumerated() {
                paths.append("\(folder)/\(number)")
                try writeFile(paths[number], Array(text.utf8))
            }
            let schema = "\(folder)/schema.json"
            try writeFile(schema, Array(ClusterSchema.text.utf8))
            let check = Checkout.root + "/Tests/Fixtures/schema-check.py"
            let python = Checkout.pythonEnvironment + "/bin/python3"
            let result = try await Command.run(python, [check, schema] + paths)
            let verdicts = result.output.split(separator: "\n")
            try #require(verdicts.count == texts.count)
            for (number, text) in texts.enumerated() {
                let isRight = verdicts[number].hasPrefix("yes")
                #expect(isRight == isTaken(text), "the schema says \(isRight) of:\n\(text)")
            }
        }
    }

    @Test func `the published file is the program's schema`() throws {
        let bytes = try #require(readFile(Checkout.root + "/images/cluster.schema.json"))
        #expect(String(decoding: bytes, as: UTF8.self) == ClusterSchema.text + "\n")
    }
}
