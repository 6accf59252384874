import Digests
import Foundation
import Host
import HummingbirdTesting
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Panel

/// The panel by TLS, with a key that its clients pin.
@Suite struct TLSTests {
    /// Serves while `body` lasts; every client of it is over when it returns.
    static func serving(
        _ change: (inout Lab) -> Void = { _ in },
        _ body: @escaping @Sendable (Lab, Panel, _ url: String) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            var lab = lab
            lab.tls = .selfMade(names: ["panel.example"])
            change(&lab)
            let panel = try await lab.open()
            let (sent, scheme) = (lab, panel.tls == nil ? "http" : "https")
            try await panel.application().test(.live) { api in
                let port = try #require(api.port)
                try await body(sent, panel, "\(scheme)://127.0.0.1:\(port)")
            }
            try panel.database.close()
        }
    }

    static func transfer(_ pins: [String]) -> TransferClient {
        var configuration = TransferClient.Configuration()
        configuration.pinnedKeys = pins
        return TransferClient(configuration)
    }

    static func node(_ number: Int, _ url: String, pins: [String]) -> PanelClient {
        PanelClient(
            url: url, transport: LibcurlTransport(transfer(pins), retry: .none)
        ) { Lab.request(number, nonce: $0.nonce, bootID: "boot-1") }
    }

    @Test func `a node that pins the panel's key enrols, heartbeats and polls`() async throws {
        try await Self.serving { lab, panel, url in
            lab.launch(1, role: "master")
            let client = Self.node(1, url, pins: [try #require(panel.tls).pin])
            #expect(try await client.enrol().role == "master")
            _ = try await client.putMaster()
            _ = try await client.heartbeat(ViewTests.beat(1))
            #expect(try await client.master(waitSeconds: 1)?.address == "10.0.0.1")
        }
    }

    @Test func `another key than the pinned one is one clear line, and nothing is sent`()
        async throws
    {
        try await Self.serving { lab, panel, url in
            lab.launch(1, role: "slave")
            let pin = "sha256//" + String(repeating: "A", count: 43) + "="
            let error = await #expect(throws: PanelError.self) {
                try await Self.node(1, url, pins: [pin]).enrol()
            }
            guard case .wrongKey = error else {
                Issue.record("expected the wrong key, found \(String(describing: error))")
                return
            }
            let line = "\(try #require(error))"
            #expect(line.contains("shows another key") && !line.contains("\n"))
            #expect(lab.identities.proofs.isEmpty)
            #expect(try await panel.nodes.current().isEmpty)
            // Without a pin nobody vouches for it.
            await #expect(throws: PanelError.self) {
                try await Self.node(1, url, pins: []).enrol()
            }
        }
    }

    @Test func `an authority's word is enough where it is named`() async throws {
        // A certificate of today, which the authority's word is asked of.
        try await Self.serving({ $0.time.advance(PanelTime.live.now() - 1_800_000_000) }) {
            _, panel, url in
            var configuration = TransferClient.Configuration()
            configuration.caBundle = SelfMadeCertificate.certificatePath(panel.settings)
            let answer = try await TransferClient(configuration).send(
                Transfer.HTTPRequest("GET", url + "/healthz"))
            #expect(answer.status == 200)
            #expect(answer.headers["strict-transport-security"] == "max-age=31536000")
        }
    }

    @Test func `key and certificate are made once, and the key is nobody else's to read`()
        async throws
    {
        try await Lab.with { lab in
            var lab = lab
            lab.tls = .selfMade(names: [])
            let first = try await lab.open()
            let pin = try #require(first.tls).pin
            try first.database.close()
            let path = SelfMadeCertificate.keyPath(lab.settings)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            let second = try await lab.open()
            #expect(second.tls?.pin == pin)
            try second.database.close()
        }
    }

    @Test func `a certificate that was replaced is taken, and a broken one is not`() async throws {
        try await Lab.with { lab in
            func write(_ name: String, _ serial: UInt8) throws -> (String, String) {
                let made = try #require(
                    SelfSignedCertificate.make(
                        subject: "panel", names: ["127.0.0.1"], serial: [serial],
                        begin: 1_700_000_000, end: 2_000_000_000))
                let paths = ("\(lab.directory)/\(name).pem", "\(lab.directory)/\(name).key")
                try Files().write(made.certificatePEM, to: paths.0)
                try Files().write(made.keyPEM, to: paths.1)
                return paths
            }
            let (certificate, key) = try write("tls", 1)
            let keeper = try TLSKeeper(certificate: certificate, key: key)
            let pin = keeper.pin
            #expect(try !keeper.reload())
            // The certificate came first, and its key is still the old one.
            let (other, otherKey) = try write("other", 2)
            try Files().write(Files().read(other), to: certificate)
            #expect(throws: PanelStartError.self) { try keeper.reload() }
            #expect(keeper.pin == pin)
            try Files().write(Files().read(otherKey), to: key)
            #expect(try keeper.reload() && keeper.pin != pin)
        }
    }

    @Test func `TLS before 1.2 and other protocols than HTTP 1.1 are not spoken`() async throws {
        try await Self.serving { _, panel, url in
            let place = String(url.dropFirst("https://".count))
            func ask(_ arguments: [String]) async throws -> String {
                try await Command.run(
                    "openssl", ["s_client", "-connect", place] + arguments, mayFail: true
                ).output
            }
            let today = try await ask(["-alpn", "h2,http/1.1"])
            #expect(today.contains("ALPN protocol: http/1.1"))
            let old = try await ask(["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"])
            #expect(old.contains("Cipher is (NONE)") || old.contains("Cipher    : 0000"))
        }
    }

    @Test(arguments: [
        ("listen: 10.0.0.5:8080", "needs TLS"),
        ("listen: 10.0.0.5:8080\npage: open\ntls: self-made", "'page: open' is for"),
        ("listen: 127.0.0.1:1\ntls: self-made\ntls-key: /k", "TLS is either"),
        ("listen: 127.0.0.1:1\ntls-key: /k", "TLS is either"),
        ("listen: 127.0.0.1:1\ntls-names: [a]", "TLS is either"),
        ("listen: 127.0.0.1:1\ntls: self-made\ntls-names: ['a,b']", "is no host name"),
        ("listen: 127.0.0.1:1\ntls: maybe", "expected self-made"),
        ("listen: 127.0.0.1:1\npage: closed", "expected open or login"),
    ])
    func `settings that would open more than they say are refused`(
        text: String, says: String
    ) throws {
        let error = #expect(throws: (any Error).self) { try Self.settings(text) }
        #expect("\(String(describing: error))".contains(says))
    }

    @Test(arguments: [
        "listen: 127.0.0.1:8080", "listen: '[::1]:8080'", "listen: 10.0.0.5:8080\ntls: self-made",
        "listen: 10.0.0.5:8080\nplain-http: allowed\npage: open",
        "listen: 10.0.0.5:8080\ntls-certificate: /c\ntls-key: /k",
        "listen: 127.0.0.1:8080\npage: open\nenrolments-per-minute: 5\nconnections-per-address: 9",
    ])
    func `settings that say what they mean are taken`(text: String) throws {
        _ = try Self.settings(text)
    }

    static func settings(_ text: String) throws -> PanelSettings {
        let rest = """
            cluster: demo
            database: /var/lib/x.db
            operator-token-file: /t
            region: eu-central-1
            account: "123456789012"
            roles: {howdah-slave: slave}

            """
        return try PanelSettings.parse(Array((rest + text).utf8), file: "panel.yaml")
    }
}
