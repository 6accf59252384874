import Digests
import Foundation
import HTTPTypes
import HummingbirdTesting
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// Users, their passwords and the tokens of their programs.
@Suite struct UserTests {
    @Test func `a password is kept as scrypt makes it and as the PHC string format writes it`()
        async throws
    {
        let hasher = PasswordHasher(random: { [UInt8](repeating: 7, count: $0) })
        let text = try await hasher.hash("a password of some length")
        let salt = [UInt8](repeating: 7, count: 16)
        let key = try #require(
            Scrypt(logN: 17, blockSize: 8, parallelism: 1).key(
                of: Array("a password of some length".utf8), salt: salt, count: 32))
        let parts = [salt, key].map {
            Data($0).base64EncodedString().replacingOccurrences(of: "=", with: "")
        }
        #expect(text == "$scrypt$ln=17,r=8,p=1$\(parts[0])$\(parts[1])")
        #expect(try await hasher.matches("a password of some length", text))
        #expect(try await !hasher.matches("a password of some lengt", text))
    }

    @Test(arguments: [
        "", "$scrypt$ln=17,r=8,p=1$AAAA", "$scrypt$ln=40,r=8,p=1$AAAA$AAAA",
        "$argon2id$ln=17,r=8,p=1$AAAA$AAAA", "$scrypt$ln=17,r=8,p=1$AAAA$A!AA",
    ])
    func `what is no hash of a password opens nothing`(text: String) async throws {
        #expect(PasswordHash(text) == nil)
        let hasher = PasswordHasher(
            Scrypt(logN: 4, blockSize: 8, parallelism: 1), random: PanelTime.live.random)
        #expect(try await !hasher.matches("", text))
    }

    @Test func `the same letters from another keyboard are the same password`() async throws {
        try await Lab.with { lab in
            let hash = try await lab.hasher.hash("sehr gr\u{FC}ne B\u{E4}ume")
            #expect(try await lab.hasher.matches("sehr gru\u{308}ne Ba\u{308}ume", hash))
        }
    }

    @Test func `a name that nobody has costs what a wrong password costs`() async throws {
        try await Lab.with { lab in
            let hash = try await lab.hasher.hash(Browser.password)
            let before = lab.hasher.derivations
            #expect(try await !lab.hasher.matches("wrong password", hash))
            let wrong = lab.hasher.derivations - before
            #expect(try await !lab.hasher.matches("wrong password", nil))
            #expect(lab.hasher.derivations - before == 2 * wrong && wrong == 1)
        }
    }

    @Test func `an admin makes users, changes them and locks them out`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let token = Lab.operatorToken
                let made = try await client.addUser(
                    UserOrder(name: "ada", role: .operator, password: Browser.password),
                    operatorToken: token)
                #expect(made.role == .operator && made.disabledAt == nil)
                let twice = try await lab.call(
                    api, .post, "/v1/users",
                    #"{"name":"ada","role":"viewer","password":"123456789012"}"#)
                #expect(twice.status == .conflict && twice.word == "user-exists")
                let changed = try await client.changeUser(
                    "ada", UserChange(role: .viewer, disabled: true), operatorToken: token)
                #expect(changed.role == .viewer && changed.disabledAt != nil)
                #expect(try await client.users(operatorToken: token) == [changed])
                let none = try await lab.call(api, .patch, "/v1/users/bob", #"{"role":"admin"}"#)
                #expect(none.status == .notFound && none.word == "unknown-user")
                #expect(try await panel.auditLines("user-added") == ["ada role operator"])
                #expect(
                    try await panel.auditLines("user-changed")
                        == ["ada role operator to viewer, disabled"])
            }
        }
    }

    @Test func `a person changes their own password by the old one`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let token = try await client.makeAPIToken(
                    APITokenOrder(user: "the-viewer", lifeSeconds: 3600),
                    operatorToken: Lab.operatorToken
                ).token
                let browser = Browser(api)
                _ = try await browser.login("the-viewer")
                let (old, new) = (Browser.password, "another horse battery")
                for (change, who, word) in [
                    (PasswordChange(old: "not that one", new: new), token, "password-refused"),
                    (PasswordChange(old: old, new: "short"), token, "bad-request"),
                    (PasswordChange(old: old, new: new), Lab.operatorToken, "no-user"),
                ] {
                    let body = String(decoding: try JSONEncoder().encode(change), as: UTF8.self)
                    let answer = try await lab.call(api, .put, "/v1/password", token: who, body)
                    #expect(answer.word == word)
                }
                #expect(try await browser.get("/").status == .ok)
                try await client.changePassword(
                    PasswordChange(old: old, new: new), operatorToken: token)
                // Sessions end, programs go on.
                #expect(try await browser.get("/").status == .seeOther)
                _ = try await client.clusters(operatorToken: token)
                #expect(try await Browser(api).login("the-viewer", old).status == .forbidden)
                #expect(try await Browser(api).login("the-viewer", new).status == .seeOther)
                #expect(try await Browser(api).login("the-operator", old).status == .seeOther)
                #expect(try await panel.auditLines("user-changed") == ["the-viewer new password"])
            }
        }
    }

    @Test func `an old password is tried no more often than a login's`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let token = try await client.makeAPIToken(
                    APITokenOrder(user: "the-viewer", lifeSeconds: 3600),
                    operatorToken: Lab.operatorToken
                ).token
                let body = #"{"old":"a guess of somebody","new":"another horse battery"}"#
                var words: [String?] = []
                for _ in 0...Access.loginsPerUser.burst {
                    words.append(
                        try await lab.call(api, .put, "/v1/password", token: token, body).word)
                }
                #expect(words.last == "too-many")
                #expect(words.dropLast().allSatisfy { $0 == "password-refused" })
                // Neither way gives the other more tries.
                #expect(try await Browser(api).login("the-viewer").status == .tooManyRequests)
            }
        }
    }

    @Test func `a password that an admin changed in the meantime stays`() async throws {
        try await Lab.with { lab in
            let panel = try await lab.open()
            try await lab.addUsers(panel)
            let before = try #require(try await panel.access.users.record("the-viewer"))
            _ = try await panel.access.change(
                "the-viewer", UserChange(password: "by an admin, later"), by: "the-admin")
            let refusal = await #expect(throws: Refusal.self) {
                try await panel.access.users.change(
                    "the-viewer", .init(passwordHash: "x", insteadOf: before.passwordHash),
                    by: "the-viewer", now: 0)
            }
            #expect(refusal?.refusal.error == "password-changed")
            #expect(try await panel.access.users.record("the-viewer")?.passwordHash != "x")
            try panel.database.close()
        }
    }

    @Test(arguments: [
        #"{"name":"Ada","role":"viewer","password":"123456789012"}"#,
        #"{"name":"i-0123456789","role":"viewer","password":"123456789012"}"#,
        #"{"name":"operator-token","role":"viewer","password":"123456789012"}"#,
        #"{"name":"ada","role":"root","password":"123456789012"}"#,
        #"{"name":"ada","role":"viewer","password":"12345678901"}"#, "{}", "[", "",
    ])
    func `an order that is not of its form makes no user`(body: String) async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                let answer = try await lab.call(api, .post, "/v1/users", body)
                #expect(answer.status == .badRequest && answer.word == "bad-request")
                #expect(try await panel.access.users.all().isEmpty)
            }
        }
    }

    @Test func `a token speaks for its user until it ends or is taken back`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let made = try await client.makeAPIToken(
                    APITokenOrder(user: "the-operator", note: "grafana", lifeSeconds: 3600),
                    operatorToken: Lab.operatorToken)
                #expect(made.record.role == .operator && made.token.hasPrefix("howdah-api-"))
                _ = try await client.clusterView(
                    "demo", operatorToken: made.token)
                let own = try await client.apiTokens(of: nil, operatorToken: made.token)
                #expect(own.map(\.id) == [made.record.id] && own[0].usedAt != nil)
                lab.time.advance(3600)
                let late = try await lab.call(api, .get, "/v1/clusters", token: made.token)
                #expect(late.status == .unauthorized && late.word == "token-expired")
                let next = try await client.makeAPIToken(
                    APITokenOrder(user: "the-operator", lifeSeconds: 3600),
                    operatorToken: Lab.operatorToken)
                try await client.removeAPIToken(next.record.id, operatorToken: next.token)
                let gone = try await lab.call(api, .get, "/v1/clusters", token: next.token)
                #expect(gone.status == .unauthorized && gone.word == "token-unknown")
            }
        }
    }

    @Test func `a token is never more than its user and its maker`() async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, api in
                try await lab.addUsers(panel)
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let file = Lab.operatorToken
                let token = try await client.makeAPIToken(
                    APITokenOrder(user: "the-operator", lifeSeconds: 3600), operatorToken: file
                ).token
                for (body, word) in [
                    (#"{"role":"admin","lifeSeconds":60}"#, "role-too-low"),
                    (#"{"user":"the-viewer","lifeSeconds":60}"#, "not-yours"),
                    (#"{"lifeSeconds":3601}"#, "not-yours"),
                    (#"{"lifeSeconds":59}"#, "bad-request"),
                    (#"{"lifeSeconds":60,"note":"a\nb"}"#, "bad-request"),
                ] {
                    let answer = try await lab.call(
                        api, .post, "/v1/tokens", token: token, body)
                    #expect(answer.word == word, "\(body)")
                }
                let above = try await lab.call(
                    api, .post, "/v1/tokens",
                    #"{"user":"the-viewer","role":"operator","lifeSeconds":60}"#)
                #expect(above.word == "role-too-low")
                // What the user may no longer, the token may no longer.
                _ = try await client.changeUser(
                    "the-operator", UserChange(role: .viewer), operatorToken: file)
                let late = try await lab.call(
                    api, .get, "/v1/enrolment-tokens", token: token)
                #expect(late.status == .forbidden && late.word == "role-too-low")
                _ = try await client.changeUser(
                    "the-operator", UserChange(disabled: true), operatorToken: file)
                let out = try await lab.call(api, .get, "/v1/clusters", token: token)
                #expect(out.status == .unauthorized)
            }
        }
    }
}
