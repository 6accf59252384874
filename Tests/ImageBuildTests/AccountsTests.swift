import FoundationEssentials
import Support
import Testing

@testable import ImageBuild

@Suite struct AccountsTests {
    static let tree = Accounts(
        passwd: "root:x:0:0:root:/root:/bin/sh", group: "root:x:0:\n",
        shadow: "root:*:19000:0:99999:7:::\n", gshadow: nil)

    @Test func `a user and a group are added, and cannot log in by password`() throws {
        var accounts = Self.tree
        try accounts.add(RecipeGroup(name: "hadoop", id: 990))
        try accounts.add(
            RecipeUser(name: "hdfs", id: 991, group: "hadoop", home: "/h", shell: "/bin/false"))
        #expect(
            accounts.passwd
                == "root:x:0:0:root:/root:/bin/sh\nhdfs:x:991:990::/h:/bin/false\n")
        #expect(accounts.group == "root:x:0:\nhadoop:x:990:\n")
        #expect(accounts.shadow == "root:*:19000:0:99999:7:::\nhdfs:!:::::::\n")
        #expect(accounts.gshadow == nil)
        #expect(accounts.userID("hdfs") == 991)
        #expect(accounts.groupID("7") == 7)
        #expect(accounts.userID("nobody") == nil)
    }

    @Test func `adding again changes nothing, another number is refused`() throws {
        var accounts = Self.tree
        try accounts.add(RecipeGroup(name: "root", id: 0))
        #expect(accounts == Self.tree)
        #expect(throws: ImageError("group 'root' has the number 0, not 5")) {
            try accounts.add(RecipeGroup(name: "root", id: 5))
        }
        #expect(throws: ImageError("group 'wheel': number 0 is 'root' already")) {
            try accounts.add(RecipeGroup(name: "wheel", id: 0))
        }
        #expect(throws: ImageError("user 'x': no group 'y' in the tree")) {
            try accounts.add(RecipeUser(name: "x", id: 5, group: "y", home: "/", shell: "/x"))
        }
    }

    @Test func `the day of a build does not stay in shadow`() {
        let text = "root:*:20778:0:99999:7:::\nbin:*:19000:0:99999:7:::\nx:!:::::::\n"
        #expect(
            Accounts.clampedShadow(text, day: 20454)
                == "root:*:20454:0:99999:7:::\nbin:*:19000:0:99999:7:::\nx:!:::::::\n")
    }
}

@Suite struct JavaKeystoreTests {
    /// Two keystores of one certificate under two aliases, added in two orders at two times.
    private func keystores(in folder: String) async throws -> [String] {
        try await Command.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", "\(folder)/key.pem", "-out", "\(folder)/cert.pem", "-days", "9",
                "-subj", "/CN=test",
            ])
        var paths: [String] = []
        for aliases in [["one", "two"], ["two", "one"]] {
            let path = "\(folder)/\(aliases[0]).jks"
            for alias in aliases {
                try await Command.run(
                    "keytool",
                    [
                        "-importcert", "-noprompt", "-storetype", "JKS", "-storepass", "changeit",
                        "-keystore", path, "-alias", alias, "-file", "\(folder)/cert.pem",
                    ])
            }
            paths.append(path)
        }
        return paths
    }

    @Test(.enabled(if: Command.exists("keytool"), "needs keytool: run scripts/setup"))
    func `keystores of the same certificates become equal, and keytool still reads them`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            var results: [[UInt8]] = []
            for path in try await keystores(in: folder) {
                let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
                let result = try #require(
                    JavaKeystore.normalised(bytes, epoch: 1_767_225_600, password: "changeit"))
                #expect(result != bytes)
                results.append(result)
                try Data(result).write(to: URL(filePath: path))
                let list = try await Command.run(
                    "keytool",
                    ["-list", "-keystore", path, "-storepass", "changeit"],
                    environment: ["JAVA_TOOL_OPTIONS": "-Duser.timezone=UTC -Duser.language=en"])
                #expect(list.output.contains("one, Jan 1, 2026, trustedCertEntry"))
                #expect(list.output.contains("Your keystore contains 2 entries"))
            }
            #expect(results.count == 2 && results[0] == results[1])
        }
    }

    @Test func `what is no keystore, or one of another password, is left alone`() {
        let bytes: [UInt8] = JavaKeystore.magic + Array(repeating: 0, count: 40)
        #expect(JavaKeystore.normalised(bytes, epoch: 0, password: "changeit") == nil)
        #expect(JavaKeystore.normalised([1, 2, 3], epoch: 0, password: "changeit") == nil)
    }
}
