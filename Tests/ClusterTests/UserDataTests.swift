import Cluster
import Testing

@Suite struct UserDataTests {
    private let baked = """
        howdah: 1
        cluster: analytics
        panel: https://panel:8443
        stack: hadoop-3
        settings:
          hdfs-site.xml: { a: 1, b: 2 }

        """

    private func whole(_ userData: String, baked: String? = nil) throws -> ClusterFile {
        let ours = try userDataOfOurs(userData)
        return try ClusterFile.parse(
            Array((baked ?? self.baked).utf8), file: "baked", userData: ours)
    }

    @Test func `settings are laid over property by property, other keys are replaced`() throws {
        let file = try whole(
            """
            howdah: 1
            cluster: trial
            storage: [{ mount: /d, size: 1 GiB }]
            settings:
              hdfs-site.xml: { b: 3, c: 4 }
              core-site.xml: { d: 5 }
            """)
        #expect(file.cluster == "trial")
        #expect(file.storage.map(\.mount) == ["/d"])
        #expect(file.settings["hdfs-site.xml"] == ["a": "1", "b": "3", "c": "4"])
        #expect(file.settings["core-site.xml"] == ["d": "5"])
    }

    @Test(arguments: [
        ("panel: https://evil:1", "panel"),
        ("repositories: [{ id: e, baseurl: s3://evil, gpgkey: file:///k }]", "repositories"),
        ("locked: []", "locked"), ("assume: [java]", "assume"),
        ("image_repositories: true", "image_repositories"),
        ("panel_keys: []", "panel_keys"), ("roles: { a: b }", "roles"),
        ("cloud: { endpoints: { sts: http://evil } }", "cloud"),
    ])
    func `a locked key holds against user-data`(line: String, key: String) {
        let error = #expect(throws: ConfigurationError.self) { try whole("howdah: 1\n\(line)") }
        #expect(
            error?.description == "user-data:2: '\(key)' is locked by baked: change it there, or "
                + "leave it out of 'locked:' there")
    }

    @Test func `saying the same as a locked key is no offence`() throws {
        #expect(try whole("howdah: 1\npanel: https://panel:8443").panel == "https://panel:8443")
    }

    @Test func `who locks the panel locks the keys that stand in for its certificate`() {
        let pin = "sha256//" + String(repeating: "A", count: 43) + "="
        let old = baked + "locked: [panel, repositories, storage]\n"
        #expect(throws: ConfigurationError.self) {
            try whole("howdah: 1\npanel_keys: ['\(pin)']", baked: old)
        }
    }

    @Test func `what the baked file locks is its own choice`() throws {
        let open = baked + "locked: [stack]\n"
        #expect(try whole("howdah: 1\npanel: http://q", baked: open).panel == "http://q")
        #expect(throws: ConfigurationError.self) {
            try whole("howdah: 1\nstack: spark", baked: open)
        }
    }

    @Test func `user-data cannot unlock and use a key at once`() {
        #expect(throws: ConfigurationError.self) {
            try whole("howdah: 1\nlocked: []\npanel: https://evil:1")
        }
    }

    @Test func `the howdah key of cloud-config is ours, its other keys are not`() throws {
        let text = "#cloud-config\npackages: [vim]\nhowdah:\n  role: slave\n"
        #expect(try userDataOfOurs(text)?.claims.map(\.value) == ["slave"])
    }

    @Test func `a mistake in cloud-config has its line`() {
        let text = "#cloud-config\nhowdah:\n  rolle: slave\n"
        #expect(
            throws: ConfigurationError(
                file: "user-data", line: 3, .unknownKey("rolle", nearest: "role"))
        ) { try userDataOfOurs(text) }
    }

    @Test(arguments: [
        "", "#!/bin/sh\nhowdah: 1\n", "#cloud-config\npackages: [vim]\n", "hello", "a: [",
        "#include\nhttp://x\n", "MIME-Version: 1.0\n\nhello\n", "settings: {}\nother: 1\n",
    ])
    func `what belongs to somebody else is left alone`(text: String) throws {
        #expect(try userDataOfOurs(text) == nil)
    }

    @Test func `bytes that are no text belong to somebody else`() throws {
        #expect(try userDataOfOurs([0x1f, 0x8a, 8, 0, 0xff]) == nil)
    }

    @Test(arguments: ["role: slave\n", "howdah: 1\nrole: [\n", "howdah: 3\n", "howdah: 1\nx: 1\n"])
    func `ours with a mistake is an error, not foreign`(text: String) {
        #expect(throws: ConfigurationError.self) { try userDataOfOurs(text) }
    }
}
