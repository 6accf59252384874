import Cluster
import Testing

@Suite struct ClusterFileTests {
    /// The example of docs/cluster-file.md.
    private let example = """
        howdah: 1
        cluster: analytics
        panel: https://panel.example.internal:8443
        role: auto
        stack: hadoop-3
        repositories:
          - id: acme
            baseurl: s3://acme-rpms/el9/x86_64/
            gpgkey: file:///etc/pki/rpm-gpg/RPM-GPG-KEY-acme
        storage:
          - mount: /data
            size: 200 GiB
        settings:
          hdfs-site.xml: { dfs.replication: 3, dfs.webhdfs.enabled: true }

        """

    private func parse(_ text: String) throws(ConfigurationError) -> ClusterFile {
        try ClusterFile.parse(Array(text.utf8), file: "cluster.yaml")
    }

    /// The error of a file that is the shortest good one and then `lines`, from line 5 on.
    private func error(_ lines: String) -> String? {
        let good = "howdah: 1\ncluster: c\npanel: http://p:1\nstack: s\n"
        do {
            _ = try parse(good + lines)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `the example is read with its defaults`() throws {
        let file = try parse(example)
        #expect(file.cluster == "analytics")
        #expect(file.role == .automatic)
        #expect(
            file.repositories == [
                Repository(
                    id: "acme", baseURL: "s3://acme-rpms/el9/x86_64",
                    keyPath: "/etc/pki/rpm-gpg/RPM-GPG-KEY-acme", checksPackages: true,
                    checksMetadata: true)
            ])
        #expect(
            file.storage == [
                Storage(
                    mount: "/data", size: ByteSize(bytes: 200 << 30), type: "gp3",
                    filesystem: .xfs)
            ])
        #expect(
            file.settings["hdfs-site.xml"] == [
                "dfs.replication": "3", "dfs.webhdfs.enabled": "true",
            ])
        #expect(file.locked == ["panel", "panel_keys", "repositories"])
    }

    @Test func `the canonical text is read as the same, whatever the order and style`() throws {
        let file = try parse(example)
        #expect(try parse(file.canonicalText) == file)
        let lines = example.split(separator: "\n")
        let turned = (lines[1...] + lines[..<1]).joined(separator: "\n") + "\nassume: []\n"
        #expect(try parse(turned).canonicalText == file.canonicalText)
    }

    @Test func `quotes, line ends and controls survive the canonical text`() throws {
        var file = try parse(example)
        file.settings["a'\"b"] = ["k: {": "\"\\\n\t\u{1}ä#\u{7f} "]
        #expect(try parse(file.canonicalText) == file)
    }

    @Test func `a changed value changes the canonical text`() throws {
        var file = try parse(example)
        let text = file.canonicalText
        file.settings["hdfs-site.xml"]?["dfs.replication"] = "2"
        #expect(file.canonicalText != text)
    }

    @Test(arguments: [
        ("pannel: x\n", "cluster.yaml:5: unknown key 'pannel', did you mean 'panel'?"),
        ("xyz: 1\n", "cluster.yaml:5: unknown key 'xyz'"),
        ("role: [master]\n", "cluster.yaml:5: 'role' must be text, found a list"),
        ("repositories: {}\n", "cluster.yaml:5: 'repositories' must be a list, found a mapping"),
        ("settings: x\n", "cluster.yaml:5: 'settings' must be a mapping, found 'x'"),
        (
            "settings:\n  a.xml:\n    k: [1]\n",
            "cluster.yaml:7: 'k' must be text, found a list"
        ),
        (
            "storage:\n  - mount: /data\n    size: 200\n",
            "cluster.yaml:7: 'size' is '200', expected a size with its unit up to 64 TiB, as "
                + "'200 GiB'"
        ),
        (
            "storage:\n  - mount: /\n    size: 1 GiB\n",
            "cluster.yaml:6: 'mount' is '/', expected an absolute path other than /, without '.' "
                + "and '..'"
        ),
        (
            "storage:\n  - size: 1 GiB\n    mont: /data\n",
            "cluster.yaml:7: unknown key 'mont', did you mean 'mount'?"
        ),
        ("storage:\n  - mount: /data\n", "cluster.yaml:6: key 'size' is missing"),
        (
            "storage:\n  - { mount: /d, size: 1 GiB }\n  - { mount: /d, size: 2 GiB }\n",
            "cluster.yaml:7: key '/d' is given twice, first on line 6"
        ),
        (
            "storage:\n  - { mount: /d, size: 1 GiB, filesystem: btrfs }\n",
            "cluster.yaml:6: 'filesystem' is 'btrfs', expected xfs or ext4"
        ),
        (
            "repositories:\n  - id: a\n    baseurl: s3://b\n",
            "cluster.yaml:6: repository 'a' has no gpgkey: give one, or turn off gpgcheck and "
                + "repo_gpgcheck in words"
        ),
        (
            "repositories:\n  - id: a\n    baseurl: s3://b\n    gpgkey: https://b/key\n",
            "cluster.yaml:8: 'gpgkey' is 'https://b/key', expected file:// and an absolute path "
                + "of a key on the node"
        ),
        (
            "repositories:\n  - { id: a, baseurl: s3://b, gpgcheck: no }\n",
            "cluster.yaml:6: 'gpgcheck' is 'no', expected true or false"
        ),
        ("locked: [pannel]\n", "cluster.yaml:5: unknown key 'pannel', did you mean 'panel'?"),
        (
            "settings:\n  a.xml:\n    k: ${storage.mont}\n",
            "cluster.yaml:7: 'k': unknown variable '${storage.mont}', did you mean "
                + "'${storage.mount}'? write '$${storage.mont}' if it is not ours"
        ),
    ])
    func `a mistake is named with its line and its remedy`(lines: String, expected: String) {
        #expect(error(lines) == expected)
    }

    @Test(arguments: [
        "panel.example:8443", "https://", "https://p/path", "https://u@p", "ftp://p", "http://p p",
    ])
    func `the panel's address is a scheme and a host`(address: String) {
        #expect(throws: ConfigurationError.self) {
            try parse("howdah: 1\ncluster: c\nstack: s\npanel: '\(address)'\n")
        }
    }

    @Test(arguments: ["howdah", "cluster", "panel", "stack"])
    func `a key that must be there and is not is named`(key: String) {
        let lines = example.split(separator: "\n").filter { !$0.hasPrefix(key + ":") }
        #expect(
            throws: ConfigurationError(file: "cluster.yaml", line: 1, .missingKey(key))
        ) { try parse(lines.joined(separator: "\n")) }
    }

    @Test func `another version is refused`() {
        let text = "howdah: 2\ncluster: c\npanel: http://p\nstack: s\n"
        #expect(throws: ConfigurationError.self) { try parse(text) }
    }
}
