import AWS
import FoundationEssentials
import Glibc
import Support
import Testing
import Transfer

/// Debian's dnf, zypper and curl through `howdah-node gateway` from SeaweedFS.
@Suite(
    .enabled(if: getuid() == 0, "dnf --installroot needs root"),
    .enabled(if: Command.exists("dnf"), "needs dnf"),
    .enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
struct DnfThroughGatewayTests {
    /// dnf with what the gateway wrote.
    static func dnf(
        _ gateway: GatewayProgram, _ arguments: [String], mayFail: Bool = false
    ) async throws -> Command.Output {
        let folder = gateway.folder + "/dnf"
        try FileManager.default.createDirectory(
            atPath: folder + "/repos", withIntermediateDirectories: true)
        try writeFile(folder + "/repos/howdah.repo", readFile(gateway.repoFile) ?? [])
        let main = """
            [main]
            reposdir=\(folder)/repos
            cachedir=\(folder)/cache
            persistdir=\(folder)/persist
            logdir=\(folder)/log
            plugins=0
            """
        try writeFile(folder + "/dnf.conf", Array(main.utf8))
        return try await Command.run(
            "dnf",
            [
                "--config", folder + "/dnf.conf", "--installroot", folder + "/root",
                "--releasever=9", "--assumeyes",
            ] + arguments, mayFail: mayFail)
    }

    static func expectInstalled(_ gateway: GatewayProgram) throws {
        for name in PublishedPackages.names {
            let file = "\(gateway.folder)/dnf/root/usr/share/\(name)/version"
            #expect(readFile(file) != nil, "\(name)")
        }
    }

    @Test func `dnf installs a set with its dependencies, all of it signed and verified`()
        async throws
    {
        try await PublishedPackages.with { store in
            try await GatewayProgram.with(store: store.store, store.arguments) { gateway in
                var status = stat()
                #expect(stat(gateway.repoFile, &status) == 0 && status.st_mode & 0o777 == 0o600)
                let output = try await Self.dnf(gateway, ["install", "app"]).output
                #expect(output.contains("1.0~rc1^git2+5-1"))
                try Self.expectInstalled(gateway)
            }
        }
    }

    static let reader = SeaweedServer.Role(
        "reader", trusted: ["node"],
        policy: """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],\
            "Resource":["arn:aws:s3:::packages/\(PublishedPackages.prefix)/*"]}]}
            """)
    static let node = SeaweedServer.Identity(
        "node", accessKeyID: "NODEKEY", secretAccessKey: "nodesecret", actions: [])

    /// A profile whose role is assumed anew ahead of its credentials' end.
    static func profile(_ folder: String, role: String) throws -> [String: String] {
        let text = """
            [default]
            role_arn = \(role)
            source_profile = node
            [profile node]
            aws_access_key_id = NODEKEY
            aws_secret_access_key = nodesecret
            """
        return ["AWS_CONFIG_FILE": try writeFile(folder + "/config", Array(text.utf8))]
    }

    @Test func `dnf goes on though the role's credentials expire in the middle`() async throws {
        try await PublishedPackages.with(
            identities: [.admin, Self.node], roles: [Self.reader], tokenDuration: "20s"
        ) { store in
            try await withTemporaryDirectory { folder in
                let environment = try Self.profile(folder, role: Self.reader.arn)
                try await GatewayProgram.with(
                    store: store.store, store.arguments, environment: environment
                ) { gateway in
                    _ = try await Self.dnf(gateway, ["makecache"])
                    // Younger than the gateway's.
                    try await Self.waitForEnd(of: try await Self.assumed(store), store)
                    _ = try await Self.dnf(gateway, ["install", "app"])
                    try Self.expectInstalled(gateway)
                }
            }
        }
    }

    private static func assumed(_ store: PublishedPackages) async throws -> Credentials {
        let user = Credentials(accessKeyID: "NODEKEY", secretAccessKey: "nodesecret")
        return try await STSClient(
            settings: AWSSettings(region: "us-east-1", endpoints: [.sts: store.store]),
            credentials: StaticCredentials(user), transfer: TransferClient()
        ).assumeRole(reader.arn, sessionName: "i-1")
    }

    /// Until the store itself refuses credentials of the gateway's age.
    private static func waitForEnd(of keys: Credentials, _ store: PublishedPackages) async throws {
        let client = try S3Client(
            settings: AWSSettings(region: "us-east-1", endpoints: [.s3: store.store]),
            credentials: StaticCredentials(keys), transfer: TransferClient())
        let place = S3Location(
            bucket: "packages", key: "\(PublishedPackages.prefix)/repodata/repomd.xml")
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(300) {
            do {
                _ = try await client.get(place)
            } catch is ServiceError {
                return
            }
            try await Task.sleep(for: .milliseconds(500))
        }
        Issue.record("the credentials of 20 s never ended")
    }

    @Test func `dnf shows why S3 refused, and not the secret`() async throws {
        let stranger = SeaweedServer.Role(
            "stranger", trusted: ["node"],
            policy: """
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],\
                "Resource":["arn:aws:s3:::packages/elsewhere/*"]}]}
                """)
        try await PublishedPackages.with(
            identities: [.admin, Self.node], roles: [stranger]
        ) { store in
            try await withTemporaryDirectory { folder in
                let environment = try Self.profile(folder, role: stranger.arn)
                try await GatewayProgram.with(
                    store: store.store, store.arguments, environment: environment
                ) { gateway in
                    let result = try await Self.dnf(gateway, ["makecache"], mayFail: true)
                    let said = result.errors + result.output
                    #expect(result.exitCode != 0)
                    #expect(said.contains("Status code: 403"), "\(said)")
                    #expect(said.contains("bucket_'packages'"), "\(said)")
                    #expect(said.contains("the_caller_likely_lacks_s3:GetObject"), "\(said)")
                }
            }
        }
    }

    @Test func `curl has ranges, HEAD, one connection and 304`() async throws {
        try await PublishedPackages.with { store in
            try await GatewayProgram.with(store: store.store, store.arguments) { gateway in
                let url = gateway.baseURL + "repodata/repomd.xml"
                #expect(url.contains("/packages/el9/x%2086~64/"))
                let whole = try await Self.curl([url])
                let part = try await Self.curl(["-r", "5-14", url])
                #expect(part == String(whole.dropFirst(5).prefix(10)))
                let head = try await Self.curl(["-I", url])
                #expect(head.contains("HTTP/1.1 200"))
                #expect(head.lowercased().contains("content-length: \(whole.utf8.count)\r\n"))
                let codes = try await Self.curl([
                    "-o", "/dev/null", "-o", "/dev/null", "-w", "%{http_code} %{num_connects},",
                    url, url,
                ])
                #expect(codes == "200 1,200 0,")
                let tags = "\(gateway.folder)/tag"
                _ = try await Self.curl(["-o", "/dev/null", "--etag-save", tags, url])
                let same = try await Self.curl(["--etag-compare", tags, "-w", "%{http_code}", url])
                #expect(same == "304")
                let other = url.replacing("/el9/x%2086~64/repodata/repomd.xml", with: "/el8/secret")
                let code = try await Self.curl(["-o", "/dev/null", "-w", "%{http_code}", other])
                #expect(code == "403")
            }
        }
    }

    private static func curl(_ arguments: [String]) async throws -> String {
        try await Command.run("curl", ["-s"] + arguments).output
    }

    @Test func `another user of the machine is refused, with the secret too`() async throws {
        try await PublishedPackages.with { store in
            try await GatewayProgram.with(
                store: store.store, store.arguments + ["--allow-user", "65533"]
            ) { gateway in
                let url = gateway.baseURL + "repodata/repomd.xml"
                for (user, code) in [("65534", "403"), ("1", "403"), ("65533", "200")] {
                    let said = try await Command.run(
                        "setpriv",
                        [
                            "--reuid", user, "--regid", user, "--clear-groups", "curl", "-s", "-w",
                            "%{http_code}", url,
                        ])
                    #expect(said.output.hasSuffix(code), "user \(user): \(said.output)")
                    #expect(code == "200" || said.output.contains("user \(user) may not use"))
                }
                #expect(
                    try await Self.curl(["-o", "/dev/null", "-w", "%{http_code}", url]) == "200")
            }
        }
    }

    @Test(.enabled(if: Command.exists("zypper"), "needs zypper"))
    func `zypper refreshes and fetches through it`() async throws {
        try await PublishedPackages.with { store in
            try await GatewayProgram.with(store: store.store, store.arguments) { gateway in
                let root = gateway.folder + "/zypper"
                for path in ["/etc/zypp/repos.d", "/var/lib/rpm"] {
                    try FileManager.default.createDirectory(
                        atPath: root + path, withIntermediateDirectories: true)
                }
                try writeFile(
                    root + "/etc/zypp/repos.d/howdah.repo", readFile(gateway.repoFile) ?? [])
                let options = ["--root", root, "--non-interactive"]
                try await Command.run(
                    "zypper", options + ["--gpg-auto-import-keys", "refresh"])
                let said = try await Command.run(
                    "zypper", options + ["--no-refresh", "install", "--download-only", "app"])
                #expect(said.output.contains("libc++-tools"))
                let fetched = try FileManager.default.subpathsOfDirectory(
                    atPath: root + "/var/cache/zypp/packages")
                for name in ["app-2.0-1", "base-1.0-1", "libc++-tools-1.0~rc1^git2+5-1"] {
                    #expect(
                        fetched.contains { $0.hasSuffix("/\(name).noarch.rpm") }, "\(fetched)")
                }
            }
        }
    }
}
