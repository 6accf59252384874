import AWS
import Support
import Testing

@testable import RepoGateway

/// What any program of the machine may send to the gateway.
@Suite struct GatewayFuzzTests {
    static let words = [
        "GET ", "HEAD ", " HTTP/1.1", "\r\n", "\n", "\r\n ", ": ", "Host: ", "Range: bytes=0-",
        "Content-Length: 0", "Transfer-Encoding: chunked", "Connection: close", "%2e%2e", "%2f",
        "..", "//", "%00", "%", "?", "#", "@", "http://", "\u{0}", "/-/403/",
    ]

    @Test func `a request of any bytes is read one way or refused`() async throws {
        let requests = [
            "GET /s/acme/el9/a%2bb%20~%5ec.rpm HTTP/1.1\r\nHost: 127.0.0.1:8181\r\nAccept: */*",
            "HEAD /s/acme/el9/ HTTP/1.0\r\nRange: bytes=5-9\r\nIf-None-Match: \"x\"",
        ]
        let target = FuzzTarget(
            name: "gateway-request", corpus: requests.map { Array($0.utf8) }, words: Self.words
        ) { bytes in
            let head = try RequestHead.parse(bytes)
            #expect(head.target.hasPrefix("/") && head.fields.count <= RequestHead.maximumFields)
            let values = head.fields.flatMap { [$0.name, $0.value] } + [head.method, head.target]
            #expect(values.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 9 } })
            // What was read, written down again, reads the same.
            let lines = head.fields.map { "\($0.name): \($0.value)" }
            let again =
                ["\(head.method) \(head.target) HTTP/1.\(head.minorVersion)"] + lines
            #expect(try RequestHead.parse(Array(again.joined(separator: "\r\n").utf8)) == head)
        }
        try await Fuzzer.standard.run(target)
    }

    @Test func `a path of any bytes stays in its folder or is refused`() async throws {
        let secret = GatewaySecret.made { 7 }
        let rules = GatewayRules(
            places: [S3Location(bucket: "acme", key: "el9")], secret: secret)
        let base = "GET /\(secret.text)/acme/el9/"
        let target = FuzzTarget(
            name: "gateway-path",
            corpus: ["a%2bb.rpm", "x/", "repodata/repomd.xml"].map {
                Array("\(base)\($0) HTTP/1.1\r\nHost: localhost".utf8)
            }, words: Self.words
        ) { bytes in
            switch try rules.decide(try RequestHead.parse(bytes)) {
            case .object(let place):
                #expect(place.bucket == "acme" && place.key.hasPrefix("el9/"))
                let names = place.key.split(separator: "/", omittingEmptySubsequences: false)
                #expect(!names.dropLast().contains { ["", ".", ".."].contains($0) })
                #expect(!names.contains { [".", ".."].contains($0) })
            case .explanation(let status, _): #expect((400..<600).contains(status))
            }
        }
        try await Fuzzer.standard.run(target)
    }
}
