import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import PanelAPI
import Testing

@testable import Panel

/// A browser's way in and out.
@Suite struct LoginTests {
    @Test func `a browser that nobody logged in with is sent to the login`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { _, api in
                let browser = Browser(api)
                let page = try await browser.get("/")
                #expect(page.status == .seeOther && page.headers[.location] == "/login")
                #expect(try await browser.get("/login").status == .ok)
                #expect(try await browser.get("/style.css").status == .ok)
                #expect(try await browser.get("/v1/clusters").status == .unauthorized)
            }
        }
    }

    @Test func `a login opens the page, and a logout closes it`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let browser = Browser(api)
                let answer = try await browser.login("the-viewer")
                #expect(answer.status == .seeOther && answer.headers[.location] == "/")
                let cookie = answer.headers[.setCookie] ?? ""
                #expect(cookie.contains("; HttpOnly; SameSite=Strict") && cookie.contains("Path=/"))
                let page = try await browser.get("/")
                #expect(page.status == .ok)
                #expect(String(buffer: page.body).contains("the-viewer, viewer"))
                #expect(try await browser.get("/v1/clusters").status == .ok)
                let out = try await browser.post(
                    "/logout", ["csrf": try Browser.token(in: page)])
                #expect(out.status == .seeOther && !browser.has("howdah"))
                #expect(try await browser.get("/").status == .seeOther)
                #expect(try await panel.auditLines("login") == ["unknown "])
                #expect(try await panel.auditLines("logout") == ["unknown "])
            }
        }
    }

    @Test func `a cookie that was logged out, or is old, opens nothing`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let browser = Browser(api)
                _ = try await browser.login("the-viewer")
                // Twelve hours of silence end it; so do seven days of use.
                for _ in 1...15 {
                    lab.time.advance(11 * 3600)
                    #expect(try await browser.get("/").status == .ok)
                }
                lab.time.advance(4 * 3600)
                #expect(try await browser.get("/").status == .seeOther)
                let other = Browser(api)
                _ = try await other.login("the-viewer")
                lab.time.advance(12 * 3600)
                #expect(try await other.get("/").status == .seeOther)
            }
        }
    }

    @Test(arguments: [
        ("the-viewer", "wrong password!"), ("nobody", Browser.password), ("", ""),
        ("the-admin", Browser.password),
    ])
    func `a login that is refused says the same whatever was wrong`(
        name: String, password: String
    ) async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                _ = try await panel.access.change(
                    "the-admin", UserChange(disabled: true), by: "test")
                let browser = Browser(api)
                let answer = try await browser.login(name, password)
                #expect(answer.status == .forbidden && !browser.has("howdah"))
                let text = String(buffer: answer.body)
                #expect(text.contains("there is no user of this name and password"))
                let noted = try await panel.auditLines("refused")
                #expect(noted.count == 1 && noted[0].hasPrefix("POST /login 403 login-refused"))
                if !name.isEmpty { #expect(!noted[0].contains(name)) }
            }
        }
    }

    @Test func `a change by cookie needs the panel's own page and its token`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let browser = Browser(api)
                _ = try await browser.login("the-admin")
                let token = try Browser.token(in: try await browser.get("/"))
                for (fields, site, origin) in [
                    (["csrf": token], "cross-site", "http://localhost" as String?),
                    (["csrf": token], "same-site", "http://localhost"),
                    (["csrf": token], "same-origin", "http://evil.example"),
                    (["csrf": token], "same-origin", "null"),
                    ([:], "same-origin", "http://localhost"),
                    (["csrf": String(token.reversed())], "same-origin", nil),
                ] {
                    let answer = try await browser.post(
                        "/logout", fields, site: site, origin: origin)
                    #expect(answer.status == .forbidden && answer.word == "cross-site")
                }
                #expect(try await browser.get("/").status == .ok)
                #expect(try await panel.auditLines("refused").count == 6)
            }
        }
    }

    @Test func `the form of a login is not another site's`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let browser = Browser(api)
                let token = try Browser.token(in: try await browser.get("/login"))
                let other = try Browser.token(in: try await Browser(api).get("/login"))
                let fields = ["name": "the-viewer", "password": Browser.password]
                for (csrf, site) in [
                    (token, "cross-site"), (other, "same-origin"), ("", "same-origin"),
                ] {
                    let sent = fields.merging(["csrf": csrf]) { $1 }
                    let answer = try await browser.post("/login", sent, site: site)
                    #expect(answer.status == .forbidden && !browser.has("howdah"))
                }
            }
        }
    }

    @Test func `a browser changes the password, and logs in with it again`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let browser = Browser(api)
                #expect(try await browser.get("/password").headers[.location] == "/login")
                _ = try await browser.login("the-operator")
                let form = try await browser.get("/password")
                #expect(String(buffer: form.body).contains("Password of the-operator"))
                let (old, new) = (Browser.password, "another horse battery")
                let csrf = try Browser.token(in: form)
                for (fields, status, words) in [
                    (
                        ["old": old, "new": new, "again": old], HTTPResponse.Status.badRequest,
                        "are not the same"
                    ),
                    (["old": new, "new": new, "again": new], .forbidden, "is another one"),
                    (["old": old, "new": "short", "again": "short"], .badRequest, "12 characters"),
                ] {
                    let answer = try await browser.post(
                        "/password", fields.merging(["csrf": csrf]) { $1 })
                    #expect(answer.status == status)
                    #expect(String(buffer: answer.body).contains(words), "\(words)")
                }
                let forged = try await browser.post(
                    "/password", ["old": old, "new": new, "again": new])
                #expect(forged.status == .forbidden && forged.word == "cross-site")
                let done = try await browser.post(
                    "/password", ["old": old, "new": new, "again": new, "csrf": csrf])
                #expect(done.status == .seeOther && !browser.has("howdah"))
                let login = try await browser.get(try #require(done.headers[.location]))
                #expect(String(buffer: login.body).contains("The password is changed"))
                #expect(try await browser.login("the-operator", old).status == .forbidden)
                #expect(try await browser.login("the-operator", new).status == .seeOther)
            }
        }
    }

    @Test func `an open page shows itself under an address alone, and changes nothing`()
        async throws
    {
        try await Lab.with { lab in
            var lab = lab
            lab.access.isPageOpen = true
            try await lab.withPanel { _, api in
                #expect(try await Browser(api).get("/").status == .ok)
                #expect(try await Browser(api).get("/v1/clusters").status == .ok)
                let put = try await api.executeRequest(
                    uri: "/api/put", method: .post, headers: [:], body: nil)
                #expect(put.status == .unauthorized)
            }
            for (host, isOpen) in [
                ("127.0.0.1:8080", true), ("[::1]:8080", true), ("localhost", true),
                ("rebound.example", false), ("127.0.0.1.evil.example", false), ("", false),
            ] {
                let request = Request(
                    head: .init(
                        method: .get, scheme: "http", authority: host, path: "/"),
                    body: .init(buffer: .init()))
                #expect(OpenPage.isOpen(to: request, lab.access) == isOpen, "\(host)")
            }
        }
    }

    @Test func `logins of a user are so many, whoever tries`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                for name in ["the-viewer", "nobody"] {
                    for _ in 1...Access.loginsPerUser.burst {
                        #expect(try await Browser(api).login(name, "wrong").status == .forbidden)
                    }
                    let before = lab.hasher.derivations
                    let answer = try await Browser(api).login(name)
                    #expect(answer.status == .tooManyRequests)
                    #expect(answer.headers[.retryAfter] == "30")
                    #expect(lab.hasher.derivations == before)
                    lab.time.advance(3600)
                }
                #expect(try await Browser(api).login("the-viewer").status == .seeOther)
            }
        }
    }
}
