import FoundationEssentials
import Glibc
import Support
import Testing
import Transfer

/// The gateway as systemd runs it: a socket that is handed over, word that it is ready, SIGTERM.
@Suite struct GatewayServiceTests {
    /// Listens as systemd does, says where, and becomes the gateway.
    static let starter = """
        import os, socket, sys
        listener = socket.socket()
        listener.bind((sys.argv[1], 0))
        listener.listen()
        with open(sys.argv[2], 'w') as file:
            file.write(str(os.getpid()))
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ['LISTEN_PID'] = str(os.getpid())
        os.environ['LISTEN_FDS'] = '1'
        os.execv(sys.argv[3], sys.argv[3:])
        """

    /// Runs the gateway so; `body` gets its process id and its files' folder.
    static func with(
        address: String = "127.0.0.1", store: String,
        _ body: (pid_t, String, ServerProcess) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let notified = try NotifySocket(folder + "/notify")
            let words = [
                "-c", starter, address, folder + "/pid", NodeContainer.program, "gateway",
                "s3://acme/el9", "--secret-file", folder + "/secret", "--write-repo",
                folder + "/howdah.repo", "--no-gpgcheck", "--no-repo-gpgcheck", "--allow-user",
                "\(getuid())",
            ]
            let process = try ServerProcess.start(
                "/usr/bin/python3", words,
                environment: [
                    "NOTIFY_SOCKET": folder + "/notify", "AWS_ENDPOINT_URL_S3": store,
                    "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "KEY",
                    "AWS_SECRET_ACCESS_KEY": "S",
                ], logPath: folder + "/log")
            defer { process.stop() }
            if address == "127.0.0.1" {
                var said = ""
                try await process.wait(for: "the gateway") {
                    said += notified.messages().joined()
                    return said.contains("READY=1")
                }
                #expect(said.contains("STATUS=serving s3://acme/el9"))
            }
            let text = String(decoding: readFile(folder + "/pid") ?? [], as: UTF8.self)
            try await body(pid_t(text) ?? 0, folder, process)
        }
    }

    @Test func `it serves the socket that systemd hands over, and ends by SIGTERM`()
        async throws
    {
        try await LoopbackServer.with([.init("GET", "/acme/el9/x", .init(200, "one"))]) { server in
            try await Self.with(store: server.url) { pid, folder, process in
                let url = GatewayProgram.setting("baseurl", folder + "/howdah.repo")
                let answer = try await TransferClient().send(HTTPRequest("GET", url + "x"))
                #expect(answer.text == "one")
                try #require(pid > 1)
                kill(pid, SIGTERM)
                let start = ContinuousClock.now
                while process.isRunning, ContinuousClock.now - start < .seconds(300) {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(!process.isRunning)
                #expect(readFile(folder + "/secret") != nil, "kept until the machine's next start")
            }
        }
    }

    @Test func `a socket that others can reach is refused`() async throws {
        try await Self.with(address: "0.0.0.0", store: "http://127.0.0.1:1") { _, folder, process in
            let start = ContinuousClock.now
            while process.isRunning, ContinuousClock.now - start < .seconds(300) {
                try await Task.sleep(for: .milliseconds(20))
            }
            let log = String(decoding: readFile(folder + "/log") ?? [], as: UTF8.self)
            #expect(log.contains("the unit's socket listens on 0.0.0.0:"), "\(log)")
        }
    }

    @Test func `--prepare writes the .repo file with a secret that stays, and ends`() async throws {
        try await withTemporaryDirectory { folder in
            let words = [
                "gateway", "s3://acme/el9", "--prepare", "--listen", "8282", "--secret-file",
                folder + "/run/secret", "--write-repo", folder + "/etc/howdah.repo", "--gpgkey",
                "file:///key",
            ]
            try await Command.run(NodeContainer.program, words)
            let first = readFile(folder + "/etc/howdah.repo")
            try await Command.run(NodeContainer.program, words)
            #expect(first == readFile(folder + "/etc/howdah.repo"))
            let secret = String(decoding: readFile(folder + "/run/secret") ?? [], as: UTF8.self)
            let url = GatewayProgram.setting("baseurl", folder + "/etc/howdah.repo")
            #expect(url == "http://127.0.0.1:8282/\(secret.dropLast())/acme/el9/")
            var status = stat()
            #expect(stat(folder + "/etc/howdah.repo", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            // The same from the other program.
            let made = try await Command.run(
                howdah,
                [
                    "repo", "config", "s3://acme/el9", "--gateway", "8282", "--gpgkey",
                    "file:///key", "--secret-file", folder + "/run/secret", "--output",
                    folder + "/own.repo",
                ])
            #expect(made.output == "")
            #expect(GatewayProgram.setting("baseurl", folder + "/own.repo") == url)
            #expect(stat(folder + "/own.repo", &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
    }

    private var howdah: String {
        String(NodeContainer.program.dropLast("-node".utf8.count))
    }

    @Test func `the cluster file says what is served, and for the .repo file how`() async throws {
        let cluster = """
            howdah: 1
            cluster: herd
            panel: http://127.0.0.1:1
            stack: tiny
            repositories:
              - {id: acme, baseurl: "s3://acme-rpms/el9", gpgkey: "file:///etc/pki/key"}
              - {id: web, baseurl: "https://example.com/rpms", gpgkey: "file:///etc/pki/key"}
              - {id: open, baseurl: "s3://open/x", gpgcheck: false, repo_gpgcheck: false}
            """
        try await withTemporaryDirectory { root in
            try FileManager.default.createDirectory(
                atPath: root + "/etc/howdah", withIntermediateDirectories: true)
            try writeFile(root + "/etc/howdah/cluster.yaml", Array(cluster.utf8))
            try await Command.run(
                NodeContainer.program,
                ["gateway", "--prepare", "--root", root, "--write-repo", "/etc/x.repo"])
            let text = String(decoding: readFile(root + "/etc/x.repo") ?? [], as: UTF8.self)
            for part in [
                "[acme]\n", "/acme-rpms/el9/\n", "gpgkey=file:///etc/pki/key\n", "gpgcheck=1\n",
                "[open]\n", "/open/x/\n", "\ngpgcheck=0\nrepo_gpgcheck=0\n",
            ] {
                #expect(text.contains(part), "\(part)")
            }
            #expect(!text.contains("example.com"))
            let other = try await Command.run(
                NodeContainer.program, ["gateway", "--root", root + "/none"], mayFail: true)
            #expect(other.exitCode != 0 && other.errors.contains("nothing to serve"))
        }
    }
}
