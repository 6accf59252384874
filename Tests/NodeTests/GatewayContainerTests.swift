import Host
import Support
import Testing

/// The gateway's units under systemd itself, with the program and all that confines it. Needs root
/// and a tree to boot.
@Suite(.enabled(if: NodeContainer.whyNot == nil)) struct GatewayContainerTests {
    static let cluster = """
        howdah: 1
        cluster: herd
        panel: http://127.0.0.1:8443
        stack: tiny
        repositories:
          - {id: acme, baseurl: "s3://acme-rpms/el9", gpgkey: "file:///etc/pki/key"}

        """

    /// Asks as a user for a path of the gateway's, with bash's own sockets; the whole answer.
    static func ask(
        _ container: BootedContainer, _ path: String, user: String = "0"
    ) async throws -> String {
        let script = """
            exec 3<>/dev/tcp/127.0.0.1/8181
            printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' "$1" >&3
            exec cat <&3
            """
        return try await container.run(
            "setpriv", "--reuid", user, "--regid", user, "--clear-groups", "bash", "-c", script,
            "bash", path
        ).output
    }

    @Test func `the first client starts it, and it knows whose client that is`() async throws {
        try await NodeContainer.with { container in
            for unit in ["howdah-gateway.service", "howdah-gateway.socket"] {
                let text = readFile("\(Checkout.root)/packaging/systemd/\(unit)") ?? []
                try container.put(
                    String(decoding: text, as: UTF8.self), at: "/usr/lib/systemd/system/\(unit)")
            }
            try container.put(Self.cluster, at: "/etc/howdah/cluster.yaml")
            // Nobody listens there.
            try container.put(
                """
                AWS_REGION=eu-west-1
                AWS_ENDPOINT_URL_S3=http://127.0.0.1:9
                AWS_ACCESS_KEY_ID=KEY
                AWS_SECRET_ACCESS_KEY=SECRET

                """, at: "/etc/howdah/environment")
            try await container.start()
            try await container.systemctl(["enable", "--now", "howdah-gateway.socket"])
            let service = "howdah-gateway.service"
            #expect(try await container.show("ActiveState", of: service) == "inactive")
            let repo = "/etc/yum.repos.d/howdah.repo"
            #expect(try await container.run("stat", "-c", "%a %u", repo).output == "600 0\n")
            let first = try await container.run("cat", repo).output
            let path = try #require(first.split(separator: "\n").first { $0.hasPrefix("baseurl=") })
                .split(separator: ":8181")[1]
            #expect(path.hasSuffix("/acme-rpms/el9/"))
            let stranger = try await Self.ask(container, path + "x", user: "65534")
            #expect(stranger.hasPrefix("HTTP/1.1 403 ") && stranger.contains("user 65534 may not"))
            #expect(try await container.show("ActiveState", of: service) == "active")
            let root = try await Self.ask(container, path + "x")
            #expect(
                root.hasPrefix("HTTP/1.1 502 ") && root.contains("could not connect"), "\(root)")
            let outside = try await Self.ask(container, path.replacing("el9", with: "el8") + "x")
            #expect(outside.contains("is outside of what this gateway serves"))
            // A new process, and the same secret.
            try await container.systemctl(["restart", service])
            #expect(try await container.run("cat", repo).output == first)
            #expect(try await Self.ask(container, path + "x").hasPrefix("HTTP/1.1 502 "))
            let journal = try await container.journal(service)
            #expect(journal.contains("refused: user 65534") && !journal.contains(path))
            try await container.systemctl(["stop", "howdah-gateway.socket", service])
            #expect(try await container.show("Result", of: service) == "success")
        }
    }
}
