import Cluster
import Host
import Support
import Testing

@testable import Node

/// `howdah-node config`, which reads as a boot does.
@Suite struct ConfigurationCheckTests {
    private static let file = """
        howdah: 1
        cluster: c
        panel: https://p:1
        stack: s
        roles: { "x-*": slave }
        repositories: [{ id: a, baseurl: http://u:hush@h/r, gpgkey: file:///k }]
        settings: { a.xml: { fs.s3a.secret.key: hush, link: "http://me:hush@h/", plain: seen } }

        """

    private static let stack = """
        stack: 1
        name: s
        master: master
        common:
          files: [{ path: /etc/a.xml, hadoop_xml: a.xml }]
        roles: { master: {}, slave: {} }

        """

    private func withCheck(
        _ file: String = file, stack: String? = stack,
        _ body: (ConfigurationCheck) throws -> Void
    ) async throws {
        try await withTemporaryDirectory { root in
            let files = Files(root: root)
            try files.makeDirectory("/etc/howdah")
            try files.write(file, to: ConfigurationCheck.defaultFile)
            if let stack {
                try files.makeDirectory(ConfigurationCheck.defaultStacks)
                try files.write(stack, to: "\(ConfigurationCheck.defaultStacks)/s.yaml")
            }
            try body(ConfigurationCheck(files: files))
        }
    }

    @Test func `a right file is right, with and without stacks`() async throws {
        try await withCheck { check in
            let outcome = try check.run(userData: Array("howdah: 1\nrole: slave\n".utf8))
            #expect(outcome.role == "slave" && outcome.userDataParts == 1)
            #expect(outcome.isStackChecked)
            let bare = try check.run(userData: nil)
            #expect(bare.role == nil)
        }
        try await withCheck(stack: nil) { check in
            let outcome = try check.run(userData: nil)
            #expect(!outcome.isStackChecked)
        }
    }

    @Test(arguments: [
        ("", "howdah: 1\npanel: http://e\n", "'panel' is locked by"),
        ("", "howdah: 1\nrole: worker\n", "the stack has master, slave"),
        ("role: master\n", "howdah: 1\nrole: slave\n", "role unclear"),
        ("roles: { a: worker }\n", "", "'roles' of the cluster file maps the IAM role 'a'"),
        ("settings: { b.xml: { k: v } }\n", "", "makes no file from the settings of 'b.xml'"),
        ("stack: t\n", "", "the stack 't' is not in the image"),
    ])
    func `what a boot would stop with is said`(
        line: String, userData: String, words: String
    ) async throws {
        let key = line.prefix { $0 != ":" } + ":"
        let kept = Self.file.split(separator: "\n").filter { line.isEmpty || !$0.hasPrefix(key) }
        try await withCheck(kept.joined(separator: "\n") + "\n" + line) { check in
            let error = #expect(throws: (any Error).self) {
                try check.run(userData: userData.isEmpty ? nil : Array(userData.utf8))
            }
            #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
        }
    }

    @Test func `what is shown can be read again, and hides what is secret`() async throws {
        try await withCheck { check in
            let whole = try check.text(userData: nil, isRedacted: false)
            let read = try ClusterFile.parse(Array(whole.utf8), file: "shown")
            #expect(read.settings["a.xml"]?["fs.s3a.secret.key"] == "hush")
            let shown = try check.text(userData: nil, isRedacted: true)
            #expect(!shown.contains("hush") && shown.contains("seen"))
            #expect(shown.contains("http://(hidden)@h"))
        }
    }
}
