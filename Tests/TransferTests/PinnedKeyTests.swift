import Support
import Testing
import Transfer

/// A server with a certificate of its own making, which no authority has signed; OpenSSL's.
@Suite(.enabled(if: Command.exists("openssl"), "needs openssl"))
struct PinnedKeyTests {
    private func withServer(_ body: (_ url: String, _ pin: String) async throws -> Void)
        async throws
    {
        try await withTemporaryDirectory { folder in
            let (key, certificate) = ("\(folder)/key.pem", "\(folder)/certificate.pem")
            try await Command.run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-subj", "/CN=panel", "-days", "2", "-keyout", key, "-out",
                    certificate,
                ])
            // As docs/cluster-file.md says.
            let pin = try await Command.run(
                "sh",
                [
                    "-c",
                    """
                    openssl x509 -in \(certificate) -pubkey -noout |
                      openssl pkey -pubin -outform der |
                      openssl dgst -sha256 -binary | base64
                    """,
                ]
            ).output.filter { !$0.isWhitespace }
            let port = freePorts(1)[0]
            let server = try ServerProcess.start(
                "/usr/bin/openssl",
                [
                    "s_server", "-accept", "127.0.0.1:\(port)", "-key", key, "-cert",
                    certificate, "-www", "-quiet",
                ], logPath: "\(folder)/log")
            defer { server.stop() }
            let url = "https://127.0.0.1:\(port)/"
            try await server.wait(for: "s_server") {
                let answer = try? await client(["sha256//\(pin)"]).send(HTTPRequest("GET", url))
                return answer != nil
            }
            try await body(url, "sha256//\(pin)")
        }
    }

    private func client(_ pins: [String]) -> TransferClient {
        var configuration = TransferClient.Configuration()
        configuration.pinnedKeys = pins
        return TransferClient(configuration)
    }

    private static let other = "sha256//" + String(repeating: "A", count: 43) + "="

    @Test func `the pinned key is enough, alone or beside another`() async throws {
        try await withServer { url, pin in
            for pins in [[pin], [Self.other, pin]] {
                let answer = try await client(pins).send(HTTPRequest("GET", url))
                #expect(answer.status == 200)
            }
        }
    }

    @Test func `another key is refused, and without a pin the certificate is`() async throws {
        try await withServer { url, _ in
            let wrong = await #expect(throws: TransferError.self) {
                try await client([Self.other]).send(HTTPRequest("GET", url))
            }
            #expect(wrong?.kind == .wrongKey)
            let unknown = await #expect(throws: TransferError.self) {
                try await client([]).send(HTTPRequest("GET", url))
            }
            #expect(unknown?.kind == .tls)
        }
    }
}
