import FoundationEssentials
import Support
import Testing

@testable import Digests

/// Certificates of our own making, as the `openssl` program reads them.
@Suite struct CertificateTests {
    static func make(_ names: [String]) -> SelfSignedCertificate? {
        SelfSignedCertificate.make(
            subject: "Howdah Control Panel", names: names, serial: [0x40, 1, 2, 3],
            begin: 1_800_000_000, end: 2_000_000_000)
    }

    @Test func `openssl reads names, times and key of a certificate that signs itself`()
        async throws
    {
        let made = try #require(Self.make(["10.0.0.5", "panel.example", "fd00::5"]))
        try await withTemporaryDirectory { folder in
            let (certificate, key) = (folder + "/c.pem", folder + "/k.pem")
            try Data(made.certificatePEM).write(to: URL(filePath: certificate))
            try Data(made.keyPEM).write(to: URL(filePath: key))
            let text = try await Command.run(
                "openssl", ["x509", "-in", certificate, "-noout", "-text"]
            ).output
            for part in [
                "IP Address:10.0.0.5, DNS:panel.example, IP Address:FD00:0:0:0:0:0:0:5",
                "CA:FALSE", "TLS Web Server Authentication", "ASN1 OID: prime256v1",
                "CN = Howdah Control Panel", "ecdsa-with-SHA256", "Serial Number: 1073807875",
                "Not Before: Jan 15 08:00:00 2027 GMT", "Not After : May 18 03:33:20 2033 GMT",
            ] { #expect(text.contains(part), "no '\(part)' in \(text)") }
            // Signed by itself, and the key is its own.
            let verified = try await Command.run(
                "openssl",
                [
                    "verify", "-CAfile", certificate, "-attime", "1900000000", "-check_ss_sig",
                    certificate,
                ]
            ).output
            #expect(verified.contains("OK"))
            let public1 = try await Command.run(
                "openssl", ["x509", "-in", certificate, "-noout", "-pubkey"]
            ).output
            let public2 = try await Command.run("openssl", ["pkey", "-in", key, "-pubout"]).output
            #expect(public1 == public2 && public1.contains("PUBLIC KEY"))
            // As curl's manual page has it for --pinnedpubkey.
            let pin = try await Command.run(
                "sh",
                [
                    "-c",
                    "openssl x509 -in \"$1\" -noout -pubkey | openssl pkey -pubin -outform der"
                        + " | openssl dgst -sha256 -r", "sh", certificate,
                ]
            ).output
            let digest = try #require(PublicKeyPin.digest(ofCertificatePEM: made.certificatePEM))
            #expect(pin.hasPrefix(digest.hex))
        }
    }

    @Test(arguments: ["", "a b", "x,IP:10.0.0.1", "x\n", "email:a", "dirName:section"])
    func `what is no name gets no certificate`(name: String) {
        // A colon is IPv6's: what it is not, OpenSSL refuses.
        #expect(Self.make([name]) == nil)
    }

    @Test func `what is no certificate has no key`() {
        #expect(PublicKeyPin.digest(ofCertificatePEM: Array("nonsense".utf8)) == nil)
        #expect(PublicKeyPin.digest(ofCertificatePEM: []) == nil)
    }
}
