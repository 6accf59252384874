import Cluster
import Testing

@Suite struct RedactionTests {
    @Test func `a one-time token of user-data is neither shown nor told in an error`() throws {
        func file(_ line: String) throws(ConfigurationError) -> ClusterFile {
            let text = "howdah: 1\ncluster: c\npanel: https://p:1\nstack: s\n" + line
            return try ClusterFile.parse(Array(text.utf8), file: "f")
        }
        let cluster = try file("enrolment_token: howdah-once-hidden")
        #expect(cluster.enrolment == .token && cluster.enrolmentToken == "howdah-once-hidden")
        #expect(!cluster.redacted.canonicalText.contains("once-hidden"))
        let error = #expect(throws: ConfigurationError.self) {
            try file("enrolment_token: 'not right hidden'")
        }
        #expect(error.map { !"\($0)".contains("hidden") } == true)
    }

    @Test(arguments: [
        ("fs.s3a.secret.key", "hidden-1"), ("fs.azure.account.key.a.blob", "hidden-2"),
        ("fs.azure.sas.c.a", "hidden-3"), ("javax.jdo.option.ConnectionPassword", "hidden-4"),
        ("HDFS_NAMENODE_OPTS", "-Xmx1g -Djavax.net.ssl.keyStorePassword=hidden-5 -Da=b"),
        ("proxy", "http://user:hidden-6@proxy:1"),
    ])
    func `what may be secret is not shown`(name: String, value: String) throws {
        let text = """
            howdah: 1
            cluster: c
            panel: https://panel:8443
            stack: s
            settings:
              f: { '\(name)': '\(value)', dfs.replication: 3 }
            """
        let shown = try ClusterFile.parse(Array(text.utf8), file: "f").redacted
        let found = shown.settings["f"]?[name] ?? ""
        #expect(!found.contains("hidden-") && found.contains(ClusterFile.hidden))
        #expect(shown.settings["f"]?["dfs.replication"] == "3")
    }
}
