import Testing

@testable import ImageBuild

@Suite struct SecretScanTests {
    private func finding(_ text: String, path: String = "etc/x") -> String? {
        Array(text.utf8).withUnsafeBytes { SecretScan.finding(in: $0, path: path) }
    }

    // Put together here, so that no scan of this file finds one.
    static let keyID = "AKIA" + "QYLPMN5HHHFPZAM2"
    static let secret = String(repeating: "aB3/", count: 10)
    static let pem =
        "-----BEGIN EC " + "PRIVATE KEY-----\n" + String(repeating: "MHcCAQEE", count: 8)
        + "\n-----END EC PRIVATE KEY-----\n"

    @Test func `keys are found wherever they stand in a text`() {
        #expect(finding("key: \(Self.keyID)\n") == "an AWS access key")
        #expect(finding("\(Self.keyID)") == "an AWS access key")
        #expect(finding("ASIA" + Self.keyID.dropFirst(4)) == "an AWS access key")
        #expect(finding("aws_secret_access_key = \(Self.secret)\n") == "an AWS secret key")
        #expect(
            finding("export AWS_SECRET_ACCESS_KEY=\"\(Self.secret)\"") == "an AWS secret key")
        #expect(finding("# mine\n" + Self.pem) == "a private key")
        #expect(
            finding(Self.pem.replacing("\n", with: "\r\n")) == "a private key")
    }

    @Test(arguments: [
        "AKIAIOSFODNN7EXAMPLE", "AKIASHORT", "XAKIAQYLPMN5HHHFPZAM2",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "aws_secret_access_key is what you need", "aws_secret_access_key=",
        "grep -q 'BEGIN PRIVATE KEY' $file", "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n",
    ])
    func `what only talks about keys is none`(text: String) {
        #expect(finding(text) == nil)
    }

    @Test func `programs and documents are passed over`() {
        #expect(finding(Self.pem + "\0") == nil)
        #expect(finding(Self.pem, path: "usr/share/doc/openssl/x.pem") == nil)
    }

    @Test func `an address of a machine is found, that of a network is not`() {
        #expect(PrivateAddress.first(in: "panel: http://10.77.0.1:8443") == "10.77.0.1")
        #expect(PrivateAddress.first(in: "172.31.4.5 master") == "172.31.4.5")
        #expect(PrivateAddress.first(in: "http://10.0.0.5/") == "10.0.0.5")
        #expect(PrivateAddress.first(in: "http://10.0.0.5/api") == "10.0.0.5")
        #expect(PrivateAddress.first(in: "a 192.168.0.1") == "192.168.0.1")
        for text in [
            "10.0.0.0/8", "127.0.0.1 localhost", "169.254.169.254", "version 10.2.3",
            "110.1.2.3", "10.1.2.3.4", "172.32.0.1", "10.1.2.300",
        ] {
            #expect(PrivateAddress.first(in: text) == nil, "\(text)")
        }
    }
}
