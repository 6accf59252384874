import Testing

@testable import RepoGateway

/// The parser of requests, and the reader of paths: nothing but functions.
@Suite struct RequestHeadTests {
    static func parse(_ text: String) throws(Refusal) -> RequestHead {
        try RequestHead.parse(Array(text.utf8))
    }

    static let host = "\r\nHost: 127.0.0.1:8181"

    @Test func `a request of dnf's is read`() throws {
        let head = try Self.parse(
            "GET /s/b/repodata/repomd.xml HTTP/1.1\(Self.host)\r\nUser-Agent: libdnf (x)\r\n"
                + "Accept: */*\r\nCache-Control: no-cache\r\nrange:\t bytes=5-  \r\nX-Empty:")
        #expect(head.method == "GET" && head.target == "/s/b/repodata/repomd.xml")
        #expect(head["range"] == "bytes=5-" && head["x-empty"] == "" && head["accept"] == "*/*")
        #expect(head.keepsConnection && head.minorVersion == 1)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close", false),
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: TE, Close", false),
        ("GET / HTTP/1.0", false), ("GET / HTTP/1.0\r\nConnection: Keep-Alive", true),
    ])
    func `a connection is kept as the client says`(text: String, keeps: Bool) throws {
        #expect(try Self.parse(text).keepsConnection == keeps)
    }

    @Test(arguments: [
        ("", 400), ("GET", 400), ("GET /", 400), ("GET  / HTTP/1.1", 400),
        ("GET / HTTP/1.1 \(host)", 400), (" GET / HTTP/1.1\(host)", 400),
        ("GET\t/ HTTP/1.1\(host)", 400), ("G(T / HTTP/1.1\(host)", 400),
        ("GET http://127.0.0.1/ HTTP/1.1\(host)", 400), ("GET * HTTP/1.1\(host)", 400),
        ("GET / HTTP/2.0\(host)", 505), ("GET / HTTP/1.2\(host)", 505),
        ("GET / http/1.1\(host)", 400), ("GET / HTTP/1.1", 400),
        ("GET / HTTP/1.1\(host)\(host)", 400), ("GET / HTTP/1.1\(host)\n X: y", 400),
        ("GET / HTTP/1.1\(host)\r\n folded: x", 400), ("GET / HTTP/1.1\(host)\r\nName : x", 400),
        ("GET / HTTP/1.1\(host)\r\n: x", 400), ("GET / HTTP/1.1\(host)\r\nnothing", 400),
        ("GET / HTTP/1.1\(host)\r\nX: a\u{0}b", 400), ("GET / HTTP/1.1\(host)\r\nX: \u{e9}", 400),
        ("GET / HTTP/1.1\(host)\r\nX: a\rb", 400),
        ("GET / HTTP/1.1\(host)\r\nContent-Length: 5", 413),
        ("GET / HTTP/1.1\(host)\r\nContent-Length: 0\r\nContent-Length: 0", 400),
        ("GET / HTTP/1.1\(host)\r\nTransfer-Encoding: chunked", 413),
        ("GET / HTTP/1.1\(host)\r\nExpect: 100-continue", 417),
        ("GET / HTTP/1.1\(host)\r\nUpgrade: h2c", 400),
        ("GET / HTTP/1.1\(host)\r\nRange: bytes=0-1\r\nrange: bytes=2-3", 400),
        ("GET /\(String(repeating: "a", count: 4100)) HTTP/1.1\(host)", 414),
        ("GET / HTTP/1.1\(host)\(String(repeating: "\r\nX: y", count: 64))", 431),
        ("GET / HTTP/1.1\(host)\r\nX: \(String(repeating: "a", count: 17_000))", 431),
        ("\(String(repeating: "A", count: 17)) / HTTP/1.1\(host)", 400),
    ])
    func `what could be read in two ways is refused`(text: String, status: Int) {
        let refusal = #expect(throws: Refusal.self) { try Self.parse(text) }
        #expect(refusal?.status == status, "\(text.prefix(60))")
    }

    @Test(arguments: [
        ("/a/b", ["a", "b"], false), ("//a///b/", ["a", "b"], true), ("/", [], true),
        ("/a%2bb%2Bc+d", ["a+b+c+d"], false), ("/%7e%5E%20~^", ["~^ ~^"], false),
        ("/%2525", ["%25"], false), ("/%c3%a9", ["\u{e9}"], false), ("/...", ["..."], false),
        ("/a%3fb%23", ["a?b#"], false),
    ])
    func `a path is decoded once`(target: String, names: [String], ends: Bool) throws {
        #expect(try TargetPath.decode(target) == TargetPath(names: names, endsWithSlash: ends))
    }

    @Test(arguments: [
        "/a/../b", "/a/%2e%2E/b", "/./a", "/a/.", "/a%2fb", "/a%2Fb", "/a%", "/a%2", "/a%zz",
        "/a%00", "/a%0d%0ab", "/a%7f", "/%ff", "/%c0%ae%c0%ae", "/a?b", "/a?", "/a#b",
    ])
    func `a path that could mean another object is refused`(target: String) {
        let refusal = #expect(throws: Refusal.self) { try TargetPath.decode(target) }
        #expect(refusal?.status == 400)
    }
}
