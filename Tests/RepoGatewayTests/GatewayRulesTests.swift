import AWS
import Glibc
import Host
import Support
import Testing

@testable import RepoGateway

@Suite struct GatewayRulesTests {
    static let secret = GatewaySecret.made { 0x0123_4567_89AB_CDEF }
    static let rules = GatewayRules(
        places: [
            S3Location(bucket: "acme", key: "el9/x86_64"), S3Location(bucket: "open", key: ""),
        ], secret: secret)

    static func decide(
        _ target: String, method: String = "GET", host: String = "127.0.0.1:8181"
    ) throws(Refusal) -> GatewayRules.Request {
        try rules.decide(
            RequestHead.parse(Array("\(method) \(target) HTTP/1.1\r\nHost: \(host)".utf8)))
    }

    @Test func `what is in the given folders may be asked for`() throws {
        for (path, key) in [
            ("acme/el9/x86_64/a%2bb.rpm", "el9/x86_64/a+b.rpm"),
            ("acme//el9/x86_64//repodata/x", "el9/x86_64/repodata/x"), ("open/x/", "x/"),
        ] {
            let bucket = String(path.prefix { $0 != "/" })
            #expect(
                try Self.decide("/\(Self.secret.text)/\(path)")
                    == .object(S3Location(bucket: bucket, key: key)))
        }
    }

    @Test(arguments: [
        "acme/el9/x86_64", "acme/el9/x86_640/a", "acme/el9/x86_6", "acme/el8/a", "acme", "acme/",
        "other/el9/x86_64/a", "ACME/el9/x86_64/a", "open", "open/",
    ])
    func `what is outside of them may not`(path: String) {
        let refusal = #expect(throws: Refusal.self) {
            try Self.decide("/\(Self.secret.text)/\(path)")
        }
        #expect(refusal?.status == 403 && refusal?.words.contains("outside") == true)
    }

    @Test func `without the secret nothing is told of what is there`() {
        let secret = Self.secret.text
        for first in ["", "acme", secret.dropLast() + "0", secret.uppercased(), secret + "0"] {
            let refusal = #expect(throws: Refusal.self) {
                try Self.decide("/\(first)/acme/el9/x86_64/a")
            }
            #expect(refusal?.status == 403)
            #expect(refusal?.words.contains("acme") == false)
            #expect(refusal?.words.contains(secret) == false)
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "get", "CONNECT"])
    func `only GET and HEAD are done`(method: String) {
        let refusal = #expect(throws: Refusal.self) {
            try Self.decide("/\(Self.secret.text)/open/x", method: method)
        }
        #expect(refusal?.status == 405)
    }

    @Test func `another host's name is refused`() throws {
        for host in ["evil.example", "127.0.0.1.evil.example:8181", "10.0.0.1", "[::2]:80"] {
            #expect(throws: Refusal.self) {
                try Self.decide("/\(Self.secret.text)/open/x", host: host)
            }
        }
        for host in ["localhost:1", "LOCALHOST", "[::1]:8181", "127.0.0.1"] {
            _ = try Self.decide("/\(Self.secret.text)/open/x", host: host)
        }
    }

    @Test func `the secret is kept in a file for root alone, and never printed`() async throws {
        try await withTemporaryDirectory { folder in
            let files = Files(root: folder)
            let first = try GatewaySecret.kept(in: "/secret", files)
            let again = try GatewaySecret.kept(in: "/secret", files)
            #expect(first.text == again.text && first.text.count == 32)
            var status = stat()
            #expect(stat(folder + "/secret", &status) == 0 && status.st_mode & 0o777 == 0o600)
            var shown = ""
            dump(["\(first)", String(reflecting: first)], to: &shown)
            dump(first, to: &shown)
            #expect(!shown.contains(first.text))
            try files.write("short\n", to: "/secret")
            #expect(try GatewaySecret.kept(in: "/secret", files).text.count == 32)
        }
    }

    @Test func `the kernel says whose socket it is while it is open, and not after`() throws {
        var pair = TCPPair(
            peer: [127, 0, 0, 1], peerPort: 0x1234, own: [127, 0, 0, 1], ownPort: 0x5678)
        let question = SocketOwner.request(pair)
        #expect(question.count == SocketOwner.requestSize)
        // linux/inet_diag.h: family, protocol, then at 24 the ports of inet_diag_sockid.
        #expect(question[16] == UInt8(AF_INET) && question[17] == UInt8(IPPROTO_TCP))
        #expect(Array(question[24..<28]) == [0x12, 0x34, 0x56, 0x78])
        var answer = [UInt8](repeating: 0, count: SocketOwner.answerSize)
        answer[4] = 20
        answer.replaceSubrange(16..<18, with: [UInt8(AF_INET), 1])
        answer.replaceSubrange(20..<28, with: [0x12, 0x34, 0x56, 0x78, 127, 0, 0, 1])
        answer.replaceSubrange(40..<44, with: [127, 0, 0, 1])
        answer[80] = 77
        answer[84] = 9
        #expect(try SocketOwner.user(in: answer, of: pair) == 77)
        // TIME_WAIT: the kernel says user 0, and no inode.
        var closed = answer
        closed[17] = 6
        #expect(throws: SocketOwner.Unknown.self) { try SocketOwner.user(in: closed, of: pair) }
        closed = answer
        closed[84] = 0
        #expect(throws: SocketOwner.Unknown.self) { try SocketOwner.user(in: closed, of: pair) }
        #expect(throws: SocketOwner.Unknown.self) {
            try SocketOwner.user(in: Array(answer.prefix(36)), of: pair)
        }
        pair.peerPort = 1
        #expect(throws: SocketOwner.Unknown.self) { try SocketOwner.user(in: answer, of: pair) }
        pair.peer = [10, 0, 0, 1]
        #expect(throws: SocketOwner.Unknown.self) { try SocketOwner.user(of: pair) }
    }

    @Test func `it listens on loopback alone`() {
        for text in ["8181", "127.0.0.1:8181", "localhost:8181"] {
            #expect(SocketAddress(text)?.description == "127.0.0.1:8181")
        }
        #expect(SocketAddress("[::1]:0")?.description == "[::1]:0")
        for text in ["", "0.0.0.0:80", "10.0.0.1:80", "[::]:80", "127.0.0.1", "x:1", "1:99999"] {
            #expect(SocketAddress(text) == nil)
        }
    }
}
