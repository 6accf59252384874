import Archive
import Cluster
import FoundationEssentials
import Support
import Testing

func userDataOfOurs(_ bytes: [UInt8]) throws(ConfigurationError) -> UserData? {
    try UserData.parse(bytes) { try Decompressor.decompress($0, limit: $1) }
}

func userDataOfOurs(_ text: String) throws(ConfigurationError) -> UserData? {
    try userDataOfOurs(Array(text.utf8))
}

/// The forms that user-data comes in. Python's email package, which cloud-init reads and writes
/// MIME with, is the oracle.
@Suite struct UserDataFormTests {
    static let ours = "howdah: 1\nrole: slave\n"

    private func role(_ bytes: [UInt8]) throws -> [String] {
        try userDataOfOurs(bytes)?.claims.map(\.value) ?? []
    }

    private func base64(_ bytes: [UInt8]) -> [UInt8] {
        Array(Data(bytes).base64EncodedString(options: [.lineLength76Characters]).utf8)
    }

    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        try Compressor.compress(bytes, .gzip)
    }

    @Test func `base64 and gzip are taken off in any order`() throws {
        let plain = Array(Self.ours.utf8)
        for bytes in [
            base64(plain), try gzip(plain), try base64(gzip(plain)), try gzip(base64(plain)),
            try gzip(gzip(plain)), try base64(gzip(base64(gzip(plain)))),
        ] {
            #expect(try role(bytes) == ["slave"])
        }
    }

    @Test func `gzip that unpacks to very much is refused early`() throws {
        let bomb = try gzip([UInt8](repeating: 0x20, count: 64 << 20))
        for bytes in [bomb, try gzip(bomb)] {
            let error = #expect(throws: ConfigurationError.self) { try userDataOfOurs(bytes) }
            #expect(error?.description.contains("unpacks to more than") == true)
        }
    }

    @Test func `layers without end are refused`() {
        var bytes = Array(Self.ours.utf8)
        for _ in 0..<12 { bytes = base64(bytes) }
        #expect(throws: ConfigurationError.self) { try userDataOfOurs(bytes) }
    }

    @Test func `damaged gzip may hold ours, so it is an error`() throws {
        let bytes = try Array(gzip(Array(Self.ours.utf8)).dropLast(12))
        let error = #expect(throws: ConfigurationError.self) { try userDataOfOurs(bytes) }
        #expect(error?.description.hasPrefix("user-data:1: gzip that cannot be unpacked") == true)
    }

    private static let message = """
        Content-Type: multipart/mixed; boundary="===B=="
        MIME-Version: 1.0

        This is a preamble.
        --===B==
        Content-Type: text/x-shellscript; charset="us-ascii"

        #!/bin/sh
        howdah: not ours
        --===B==
        CONTENT-TYPE: application/x-howdah+yaml
        Content-Disposition: attachment;
         filename="node.yaml"

        howdah: 1
        role: slave
        --===B==--
        An epilogue.
        """

    @Test(arguments: ["\n", "\r\n"])
    func `our part is found among others`(lineEnd: String) throws {
        let text = Self.message.split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: lineEnd)
        #expect(try role(Array(text.utf8)) == ["slave"])
    }

    @Test func `a mistake in a part names the part`() throws {
        let text = Self.message.replacing("role: slave", with: "rolle: slave")
        let error = #expect(throws: ConfigurationError.self) { try userDataOfOurs(text) }
        #expect(
            error?.description
                == "user-data part 2 'node.yaml':2: unknown key 'rolle', did you mean 'role'?")
    }

    @Test(arguments: ["", "Content-Type: text/cloud-config\n", "MIME-Version: 1.0\n"])
    func `a blank line that is missing is named`(first: String) throws {
        let text = """
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            \(first)Content-Type: application/x-howdah+yaml
            howdah: 1
            role: slave
            --b--
            """
        let error = #expect(throws: ConfigurationError.self) { try userDataOfOurs(text) }
        let words = "a blank line is missing between the headers and the content of this part"
        #expect(error?.description == "user-data part 1:\(first.isEmpty ? 2 : 3): \(words)")
    }

    @Test func `a blank line that is missing in somebody else's part is not our matter`() throws {
        let text = Self.message.replacing("us-ascii\"\n\n", with: "us-ascii\"\n")
            .replacing("howdah: not ours\n", with: "")
        #expect(try role(Array(text.utf8)) == ["slave"])
    }

    @Test func `a message without its blank line is named too`() throws {
        let text = "MIME-Version: 1.0\nContent-Type: application/x-howdah+yaml\nhowdah: 1\n"
        let error = #expect(throws: ConfigurationError.self) { try userDataOfOurs(text) }
        #expect(error?.line == 3)
    }

    @Test(arguments: [
        ("boundary missing", "Content-Type: multipart/mixed\n\n--b\n\nhowdah: 1\n--b--\n"),
        ("no part", "Content-Type: multipart/mixed; boundary=c\n\n--b\n\nhowdah: 1\n--b--\n"),
        (
            "encoding",
            "Content-Type: application/x-howdah+yaml\nContent-Transfer-Encoding: x-uuencode\n\nx\n"
        ),
        (
            "no base64",
            "Content-Type: application/x-howdah+yaml\nContent-Transfer-Encoding: base64\n\nä!\n"
        ),
    ])
    func `a broken wrapping around ours is an error`(name: String, text: String) throws {
        #expect(throws: ConfigurationError.self, "\(name)") {
            try userDataOfOurs("MIME-Version: 1.0\n" + text)
        }
        let foreign =
            "MIME-Version: 1.0\n"
            + text.replacing("howdah: 1", with: "#!/bin/sh")
            .replacing("application/x-howdah+yaml", with: "text/x-shellscript")
        #expect(try userDataOfOurs(foreign) == nil)
    }

    @Test func `quoted-printable is read`() throws {
        let text = """
            Content-Type: application/x-howdah+yaml
            Content-Transfer-Encoding: Quoted-Printable

            howdah: 1
            ro=
            le: sl=61ve=20
            """
        #expect(try role(Array(text.utf8)) == ["slave"])
    }

    @Test func `parts of ours are laid over one another in their order`() throws {
        let text = """
            #cloud-config-archive
            - type: application/x-howdah+yaml
              content: "howdah: 1\\ncluster: a\\nstack: x\\nsettings: { f: { k: 1, l: 1 } }"
            - "#!/bin/sh"
            - "#cloud-config\\nhowdah: { cluster: b, settings: { f: { k: 2 } } }"
            """
        let baked = "howdah: 1\ncluster: c\npanel: http://p\nstack: s\n"
        let file = try ClusterFile.parse(
            Array(baked.utf8), file: "baked", userData: userDataOfOurs(text))
        #expect(file.cluster == "b" && file.stack == "x")
        #expect(file.settings == ["f": ["k": "2", "l": "1"]])
    }

    @Test func `two parts with two roles are shown with their places`() throws {
        let text =
            "#cloud-config-archive\n- |\n  howdah: 1\n  role: a\n- |\n  howdah: 1\n  role: b\n"
        let stack = try Stack.parse(
            Array("stack: 1\nname: s\nmaster: a\nroles: { a: {}, b: {} }\n".utf8), file: "s")
        let claims = try #require(try userDataOfOurs(text)).claims
        let error = #expect(throws: RoleError.self) { try stack.resolveRole(claims) }
        #expect(
            error?.description == "role unclear: user-data part 1 says 'a', but user-data part 2 "
                + "says 'b'; make them agree or remove one")
    }

    @Test func `a template with our key is refused, since it is not rendered`() throws {
        let text = "## template: jinja\n#cloud-config\npackages: [a]\n"
        #expect(try userDataOfOurs(text) == nil)
        #expect(try userDataOfOurs(text + "runcmd: [howdah-node boot]\n") == nil)
        #expect(throws: ConfigurationError.self) {
            try userDataOfOurs(text + "howdah: { role: slave }\n")
        }
    }

    /// What Python's email package writes, in every encoding and nesting, packed and not.
    @Test func `what Python writes is read`() async throws {
        let script = Checkout.root + "/Tests/Fixtures/user-data/write.py"
        try await withTemporaryDirectory { folder in
            try await Command.run("python3", [script, folder])
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names.count == 40)
            for name in names {
                let bytes = try #require(readFile("\(folder)/\(name)"))
                let roles = try role(bytes)
                #expect(roles == (name.hasPrefix("none") ? [] : ["slave"]), "\(name)")
            }
        }
    }
}
