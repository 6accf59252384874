import Digests
import FoundationEssentials
import GRDB
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// The threat model of docs/security.md, where no other test is about it already.
@Suite struct ThreatTests {
    /// A path of the document with something in the place of each parameter.
    static func path(_ endpoint: Endpoint, _ value: String = "demo") -> String {
        "/"
            + endpoint.path.split(separator: "/").map { $0.hasPrefix("{") ? value : String($0) }
            .joined(separator: "/")
    }

    static func call(
        _ api: any TestClientProtocol, _ endpoint: Endpoint, token: String? = nil
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let token { headers[.authorization] = "Bearer \(token)" }
        return try await api.executeRequest(
            uri: path(endpoint), method: try #require(.init(rawValue: endpoint.method)),
            headers: headers, body: ByteBuffer(string: "{}"))
    }

    @Test func `a stranger gets the way in and nothing else`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { _, api in
                for endpoint in Endpoint.all where endpoint.caller != .anyone {
                    for token in [nil, "a-token-of-nobody-at-all"] {
                        let answer = try await Self.call(api, endpoint, token: token)
                        let isToLogin = answer.headers[.location] == "/login" && token == nil
                        #expect(
                            answer.status == .unauthorized || isToLogin,
                            "\(endpoint.method) \(endpoint.path): \(answer.status)")
                    }
                }
            }
        }
    }

    @Test func `each role may call what its own may, and no more`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                for role in PersonRole.allCases {
                    let token = try await client.makeAPIToken(
                        APITokenOrder(user: "the-\(role.rawValue)", lifeSeconds: 3600),
                        operatorToken: Lab.operatorToken
                    ).token
                    for endpoint in Endpoint.all {
                        guard case .person(let needed) = endpoint.caller else { continue }
                        let answer = try await Self.call(api, endpoint, token: token)
                        let isRefused = answer.status == .forbidden && answer.word == "role-too-low"
                        #expect(
                            isRefused == (role < needed) && answer.status != .unauthorized,
                            "\(role): \(endpoint.method) \(endpoint.path): \(answer.status)")
                    }
                }
            }
        }
    }

    @Test func `a node's token is no person's, and a person's no node's`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            try await lab.withPanel { _, api in
                let node = try await lab.client(1, api).enrol().token
                for endpoint in Endpoint.all where endpoint.caller != .anyone {
                    let token = endpoint.caller == .node ? Lab.operatorToken : node
                    let answer = try await Self.call(api, endpoint, token: token)
                    #expect(
                        answer.status == .unauthorized,
                        "\(endpoint.method) \(endpoint.path): \(answer.status)")
                }
            }
        }
    }

    /// Each call of a node with all the other node's ids in it, and the first one's things after.
    @Test func `a node acts for itself alone, at every endpoint`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "slave")
            try await lab.withPanel { panel, api in
                let (first, second) = (lab.client(1, api), lab.client(2, api))
                _ = try await first.putMaster()
                let claim = try await first.claim(ClaimTests.request)
                await ClaimTests.settle(panel)
                let before = try await first.claimStatus(claim.id)
                let token = try await second.enrol().token
                let volume = before.volumeID ?? ""
                let bodies = [
                    "format": #"{"volumeID":"\#(volume)","type":"xfs","uuid":"u"}"#,
                    "set-aside": #"{"volumeID":"\#(volume)","found":"xfs"}"#,
                    "filesystem": #"{"type":"xfs","uuid":"u"}"#,
                ]
                for endpoint in Endpoint.all where endpoint.path.contains("claims/{id}") {
                    let last = String(endpoint.path.split(separator: "/").last ?? "")
                    let answer = try await lab.call(
                        api, try #require(.init(rawValue: endpoint.method)),
                        Self.path(endpoint, claim.id), token: token, bodies[last])
                    #expect(
                        answer.status == .notFound && answer.word == "unknown-claim",
                        "\(endpoint.path): \(answer.status)")
                }
                for (method, path) in [
                    (HTTPRequest.Method.put, "/v1/master"),
                    (.post, "/v1/leaves/namenode-format"),
                    (.post, "/v1/leaves/namenode-format/done"),
                ] {
                    let answer = try await lab.call(api, method, path, token: token)
                    #expect(answer.status == .forbidden && answer.word == "role-mismatch")
                }
                let report = try JSONEncoder().encode(ViewTests.boot(1))
                let lie = try await lab.call(
                    api, .post, "/v1/reports", token: token, String(decoding: report, as: UTF8.self)
                )
                #expect(lie.status == .forbidden && lie.word == "not-yours")
                // A heartbeat names nobody: it is whose token it comes with.
                _ = try await second.heartbeat(ViewTests.beat(1))
                let view = try await panel.viewer.view(of: "demo")
                #expect(view.nodes.first { $0.role == "master" }?.silentSeconds == nil)
                #expect(try await first.claimStatus(claim.id) == before)
            }
        }
    }

    @Test func `enrolments and challenges of an address are so many`() async throws {
        try await Lab.with { lab in
            var lab = lab
            lab.access.enrolmentsPerMinute = 5
            try await lab.withPanel { panel, api in
                func ask(_ path: String) async throws -> TestResponse {
                    try await api.executeRequest(
                        uri: path, method: .post, headers: [:], body: ByteBuffer(string: "{}"))
                }
                for _ in 1...3 {
                    #expect(try await ask("/v1/enrolment/challenge").status == .ok)
                }
                #expect(try await ask("/v1/enrolment").status == .badRequest)
                #expect(try await ask("/v1/enrolment/key").status == .badRequest)
                let over = try await ask("/v1/enrolment/challenge")
                #expect(over.status == .tooManyRequests && over.headers[.retryAfter] == "12")
                #expect(try await panel.auditLines("refused").count == 1)
            }
        }
    }

    @Test func `a table of places to bound is bounded itself`() throws {
        let time = VirtualTime()
        let limit = RateLimit("calls", burst: 1, perMinute: 1, time: time.panelTime)
        for number in 0..<RateLimit.maximumKeys { try limit.take("place-\(number)") }
        // All others share one bucket by now.
        try limit.take("stranger-1")
        let refusal = #expect(throws: Refusal.self) { try limit.take("stranger-2") }
        #expect(refusal?.retryAfterSeconds == 60)
        #expect(limit.count == RateLimit.maximumKeys + 1)
        time.advance(60)
        try limit.take("stranger-3")
        #expect(limit.count == 1)
    }

    @Test func `refusals enter the audit log, so many a minute`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                for _ in 0..<(2 * AuditLog.maximumRefusalsPerMinute) {
                    _ = try await lab.call(api, .get, "/v1/users", token: "guess-after-guess")
                }
                let noted = try await panel.auditLines("refused")
                #expect(noted.count == AuditLog.maximumRefusalsPerMinute)
                #expect(noted[0].hasPrefix("GET /v1/users 401 token-unknown"))
                #expect(!noted.contains { $0.contains("guess-after-guess") })
            }
        }
    }

    @Test func `a copy of the database opens nothing`() async throws {
        try await Lab.with { lab in
            var secrets: [String] = []
            secrets = try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let browser = Browser(api)
                _ = try await browser.login("the-admin")
                let session = try #require(
                    browser.cookie.split(separator: "; ").first {
                        $0.hasPrefix("howdah=")
                    }?.dropFirst("howdah=".count))
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let token = try await client.makeAPIToken(
                    APITokenOrder(user: "the-admin", lifeSeconds: 3600),
                    operatorToken: Lab.operatorToken
                ).token
                // What is in it opens nothing either.
                let hashes = try await panel.database.read { database in
                    try Data.fetchAll(
                        database, sql: "SELECT hash FROM sessions UNION SELECT hash FROM apiTokens")
                }
                #expect(hashes.count == 2)
                for hash in hashes {
                    for text in [Hex.encode(hash), hash.base64EncodedString()] {
                        let answer = try await lab.call(api, .get, "/v1/users", token: text)
                        #expect(answer.status == .unauthorized)
                    }
                }
                _ = try await panel.database.pool.writeWithoutTransaction { try $0.checkpoint() }
                return [
                    String(session), token, Browser.password,
                    SameSite.token(ofSession: String(session)), Lab.operatorToken,
                ]
            }
            for name in try lab.databaseFiles() {
                for secret in secrets { #expect(try !lab.file(name).contains(secret), "\(name)") }
            }
        }
    }

    @Test func `no page of the panel's can be put into another's frame`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let browser = Browser(api)
                let login = try await browser.get("/login")
                _ = try await browser.login("the-viewer")
                let name = try #require(HTTPField.Name("content-security-policy"))
                for page in [login, try await browser.get("/")] {
                    #expect(page.headers[name]?.contains("frame-ancestors 'none'") == true)
                    #expect(page.headers[name]?.contains("form-action 'self'") == true)
                    #expect(page.headers[.xContentTypeOptions] == "nosniff")
                }
            }
        }
    }
}
