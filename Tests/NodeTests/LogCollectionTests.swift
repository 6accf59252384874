import AWS
import Host
import Support
import Testing

@testable import Node

/// A secret in every place that a collection may read from; none of them in what it makes.
@Suite struct LogCollectionTests {
    /// Each stands where its name says.
    static let planted = [
        "setting-Hunter2", "userpart-Hunter3", "foreign-Hunter4", "tag-Hunter5", "log-Hunter6",
        "state-Hunter7", "journal-Hunter8", "environment-Hunter9", "file-Hunter10", "url-Hunter11",
        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "MIIEvQIBADANBgkqhkiG", "bearer-Hunter12", "xml-Hunter13", "daemon-Hunter14",
        "once-token-Hunter15", "6e6f64652d6b65792d6f662d74686520",
    ]

    static let stackText = """
        stack: 1
        name: tiny
        master: master
        common:
          packages: []
          files: [{path: "${root}/etc/tiny.xml", hadoop_xml: tiny.xml}]
        roles:
          master: {packages: []}
          slave: {packages: []}
        """

    static let clusterText = """
        howdah: 1
        cluster: herd
        panel: https://panel.example.com:8443
        stack: tiny
        repositories:
          - {id: herd, baseurl: "https://me:url-Hunter11@example.com/x", gpgkey: "file:///k"}
        settings:
          tiny.xml: {fs.secret.key: setting-Hunter2, plain: shown-value}
        """

    static let userData = """
        Content-Type: multipart/mixed; boundary="b"
        MIME-Version: 1.0

        --b
        Content-Type: text/cloud-config

        #cloud-config
        password: foreign-Hunter4

        --b
        Content-Type: application/x-howdah+yaml

        howdah: 1
        enrolment_token: once-token-Hunter15
        settings:
          tiny.xml: {fs.other.password: userpart-Hunter3}

        --b--

        """

    static func plant(_ files: Files) throws {
        for folder in ["/etc/howdah", "/var/log/howdah", "/var/lib/howdah/i-0slave1"] {
            try files.makeDirectory(folder)
        }
        try files.write(clusterText, to: BootConfiguration.clusterPath)
        try files.write(stackText, to: BootConfiguration.stackFolder + "/tiny.yaml")
        try files.write("X_TOKEN=file-Hunter10\n", to: LogCollection.environmentPath)
        try files.write(
            """
            now files: wrote setting-Hunter2 and USERPART-hunter3 and foreign-Hunter4
            now java -Dx.password=log-Hunter6 -Xmx1g kept-word
            now once-token-Hunter15 environment-Hunter9 file-Hunter10
            now tag-Hunter5 in the middle of words
            now https://me:url-Hunter11@example.com/x?X-Amz-Signature=abc
            Authorization: Bearer bearer-Hunter12
            AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
            -----BEGIN PRIVATE KEY-----
            MIIEvQIBADANBgkqhkiG
            -----END PRIVATE KEY-----
            <name>a.secret.key</name>
              <value>xml-Hunter13</value>

            """, to: BootLog.path)
        try files.write("{\"password\": \"daemon-Hunter14\"}\n", to: "/var/log/howdah/web.log")
        try files.write(
            #"{"steps": [{"detail": "it said token=state-Hunter7"}]}"#, to: StateStore.statusPath)
        try files.write("[]", to: "/var/lib/howdah/i-0slave1/daemons.json")
        try files.write(
            "6e6f64652d6b65792d6f662d74686520\n", to: "/var/lib/howdah/i-0slave1/node.key")
    }

    /// What is in the archive, by tar(1): path to content.
    static func unpacked(_ bytes: [UInt8]) async throws -> [String: String] {
        try await withTemporaryDirectory { folder in
            try Files(root: folder).write(bytes, to: "/logs.tar.gz")
            let names = try await Command.run("tar", ["tzf", folder + "/logs.tar.gz"]).output
            try await Command.run("tar", ["xzf", folder + "/logs.tar.gz", "-C", folder])
            var found: [String: String] = [:]
            for name in names.split(separator: "\n") {
                found[String(name)] = try Files(root: folder).text("/\(name)")
            }
            return found
        }
    }

    static func collection(_ lab: BootLab, isBooted: Bool = true) -> LogCollection {
        var facts = BootLab.facts()
        facts.userData = Array(userData.utf8)
        facts.tags?["db-password"] = "tag-Hunter5"
        let world = lab.world(facts: facts, panel: PanelDouble()) {
            // Only that it is there counts here: nobody answers.
            $0.systemd = isBooted ? Systemd(paths: lab.paths, command: ["false"]) : nil
        }
        return LogCollection(world: world, environment: ["MY_TOKEN": "environment-Hunter9"]) {
            "now howdah-node[1]: secret: journal-Hunter8\nkept-line\n"
        }
    }

    @Test func `no secret is in it, whatever it was planted in, and the rest is`() async throws {
        try await BootLab.with { lab in
            try Self.plant(lab.paths.files)
            let found = try await Self.unpacked(try await Self.collection(lab).archive())
            #expect(
                found.keys.sorted()
                    == [
                        "cluster.yaml", "facts.json", "journal.txt", "log/boot.log", "log/web.log",
                        "mounts.txt", "state/i-0slave1/daemons.json", "state/status.json",
                        "units.txt",
                        "versions.txt",
                    ].map { "howdah-logs/" + $0 })
            for (name, text) in found {
                for secret in Self.planted {
                    #expect(
                        !text.lowercased().contains(secret.lowercased()), "\(secret) in \(name)")
                }
            }
            let all = found.values.joined()
            for word in [
                "shown-value", "kept-word", "kept-line", "i-0slave1", "in the middle of words",
                HowdahVersion.text,
            ] { #expect(all.contains(word), "\(word) is missing") }
            #expect(!all.contains("cloud-config"))
        }
    }

    @Test func `a cluster file that is wrong is not quoted, and nothing else is missing`()
        async throws
    {
        try await BootLab.with { lab in
            try Self.plant(lab.paths.files)
            try lab.paths.files.write(
                "howdah: 1\npassword: setting-Hunter2\n", to: BootConfiguration.clusterPath)
            let collection = Self.collection(lab, isBooted: false)
            let found = try await Self.unpacked(try await collection.archive())
            #expect(found.count == 8)
            #expect(found["howdah-logs/cluster.yaml"]?.hasPrefix("wrong: '/etc/howdah/") == true)
            for text in found.values { #expect(!text.contains("setting-Hunter2")) }
        }
    }

    @Test(arguments: [
        ("boot done after 3 s, token is none", "boot done after 3 s, token is none"),
        ("credentials: done: of the role", "credentials: done: of the role"),
        ("--password 'a b' c", "--password '(hidden)' c"),
        ("--token abc d", "--token (hidden) d"), ("password='a b' c", "password='(hidden)' c"),
        ("PassWord=a;c", "PassWord=(hidden);c"), ("token: a b\nc", "token: (hidden)\nc"),
        (#"{"apiKey":"a","b":1}"#, #"{"apiKey":"(hidden)","b":1}"#),
        ("s3://u:p@h/k x@y", "s3://(hidden)@h/k x@y"),
        ("a bearer abc", "a bearer (hidden)"),
        (
            "/usr/lib/hadoop/share/hadoop/common/lib/Aa1",
            "/usr/lib/hadoop/share/hadoop/common/lib/Aa1"
        ),
    ])
    func `what looks secret is hidden, and no more than that`(text: String, shown: String) {
        #expect(Redactor(known: []).text(text) == shown)
    }

    @Test func `a secret that is known is hidden in each of its forms, and no short word is`() {
        let redactor = Redactor(known: ["a\"b<c d", "true", "abc"])
        #expect(
            redactor.text(#"[a"b<c d] [a&quot;b&lt;c d] [a%22b%3Cc%20d] [a\"b<c d] true abc"#)
                == "[(hidden)] [(hidden)] [(hidden)] [(hidden)] true abc")
    }
}
