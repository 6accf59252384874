import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import PanelAPI
import Synchronization
import Testing

@testable import Panel

/// What a browser does with forms and cookies, without one.
final class Browser: Sendable {
    static let password = "correct horse battery"

    let api: any TestClientProtocol
    private let cookies = Mutex<[String: String]>([:])

    init(_ api: any TestClientProtocol) { self.api = api }

    /// As it sends them.
    var cookie: String {
        cookies.withLock { cookies in
            cookies.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "; ")
        }
    }

    func has(_ name: String) -> Bool { cookies.withLock { $0[name] != nil } }

    func get(_ path: String) async throws -> TestResponse {
        let response = try await api.executeRequest(
            uri: path, method: .get, headers: headers(), body: nil)
        keep(response)
        return response
    }

    /// Sends a form as the page of `site` would: the panel's own unless another is named.
    func post(
        _ path: String, _ fields: [String: String], site: String = "same-origin",
        origin: String? = "http://localhost"
    ) async throws -> TestResponse {
        var headers = headers()
        headers[.contentType] = "application/x-www-form-urlencoded"
        headers[.origin] = origin
        if let name = HTTPField.Name("sec-fetch-site") { headers[name] = site }
        let body = fields.map { "\(Self.encode($0.key))=\(Self.encode($0.value))" }
            .joined(separator: "&")
        let response = try await api.executeRequest(
            uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
        keep(response)
        return response
    }

    /// Loads the form of the login and sends it.
    func login(_ name: String, _ password: String = Browser.password) async throws -> TestResponse {
        let form = try await get("/login")
        return try await post(
            "/login",
            ["name": name, "password": password, "csrf": try Self.token(in: form)])
    }

    /// The hidden field of a page's form.
    static func token(in page: TestResponse) throws -> String {
        let text = String(buffer: page.body)
        let match = try #require(text.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/))
        return String(match.1)
    }

    private func headers() -> HTTPFields {
        cookie.isEmpty ? [:] : [.cookie: cookie]
    }

    private func keep(_ response: TestResponse) {
        for line in response.headers[values: .setCookie] {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            let value = pair.count == 2 ? String(pair[1]) : nil
            cookies.withLock { $0[String(pair[0])] = line.contains("Max-Age=0") ? nil : value }
        }
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

extension Lab {
    /// Users who can log in, one of each role, called as their roles are.
    func addUsers(_ panel: Panel) async throws {
        for role in PersonRole.allCases {
            _ = try await panel.access.add(
                UserOrder(name: "the-\(role.rawValue)", role: role, password: Browser.password),
                by: "test")
        }
    }

    /// What a panel answers to a token.
    func call(
        _ api: any TestClientProtocol, _ method: HTTPRequest.Method, _ path: String,
        token: String = Lab.operatorToken, _ body: String? = nil
    ) async throws -> TestResponse {
        try await api.executeRequest(
            uri: path, method: method,
            headers: [.authorization: "Bearer \(token)", .contentType: "application/json"],
            body: body.map { ByteBuffer(string: $0) })
    }
}

extension TestResponse {
    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }

    /// The word of a refusal.
    var word: String? { try? json(APIError.self).error }
}
