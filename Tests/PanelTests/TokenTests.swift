import Digests
import FoundationEssentials
import HTTPTypes
import HummingbirdTesting
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// Nodes of a cloud without STS: a token once, and the node's own key from then on.
@Suite struct TokenTests {
    static let keys = (1...3).map { number in
        SigningKey(seed: [UInt8](repeating: UInt8(number), count: SigningKey.keyBytes))
    }

    /// A node that has this key and this token.
    static func client(
        _ number: Int, key: Int? = nil, token: String?, _ api: any TestClientProtocol,
        change: @escaping @Sendable (inout KeyEnrolmentRequest) -> Void = { _ in }
    ) -> PanelClient {
        let prover: PanelClient.Prover = { challenge in
            let signer = try #require(keys[(key ?? number) - 1])
            var request = KeyEnrolmentRequest(
                publicKey: Hex.encode(signer.publicKey), nonce: challenge.nonce, token: token,
                node: Lab.node(number), bootID: "boot-1")
            let statement = request.statement(serverID: challenge.serverID)
            request.signature = Hex.encode(try #require(signer.signature(of: statement)))
            change(&request)
            return .key(request)
        }
        return PanelClient(
            url: "http://panel", transport: RouterTransport(api: api), proof: prover)
    }

    static func token(
        _ api: any TestClientProtocol, role: String = "slave", instance: String? = nil,
        address: String? = nil, seconds: Int = 3600
    ) async throws -> NewEnrolmentToken {
        let operators = PanelClient(url: "http://panel", transport: RouterTransport(api: api))
        return try await operators.makeEnrolmentToken(
            EnrolmentTokenOrder(
                role: role, instanceID: instance, address: address, lifeSeconds: seconds),
            operatorToken: Lab.operatorToken)
    }

    static func refusal(_ client: PanelClient) async -> String {
        do {
            _ = try await client.enrol()
            return "let in"
        } catch PanelError.refused(_, _, let refusal) {
            return "\(refusal.error): \(refusal.message)"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a token lets a node in once, and its key again and again`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let made = try await Self.token(api)
                let first = try await Self.client(1, token: made.token, api).enrol()
                #expect(first.role == "slave" && first.name == "slave-1")
                // The answer was lost, or the node was started again: with the token and without.
                let again = try await Self.client(1, token: made.token, api).enrol()
                let later = try await Self.client(1, token: nil, api).enrol()
                #expect(again.name == "slave-1" && later.name == "slave-1")
                #expect(Set([first.token, again.token, later.token]).count == 3)
                _ = try await Self.client(1, token: nil, api).members()
                let operators = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let record = try #require(
                    try await operators.enrolmentTokens(operatorToken: Lab.operatorToken).first)
                #expect(record.id == made.record.id)
                #expect(record.usedBy == Lab.node(1).instanceID && record.usedAt != nil)
                #expect(try await panel.auditLines("token-made").count == 1)
            }
            // A panel that was started again knows the key.
            try await lab.withPanel { _, api in
                let known = try await Self.client(1, token: nil, api).enrol()
                #expect(known.name == "slave-1")
            }
        }
    }

    @Test func `a token that was used is worth nothing to anybody else`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.launch(2, role: "slave")
            try await lab.withPanel { panel, api in
                let made = try await Self.token(api)
                try await Self.client(1, token: made.token, api).enrol()
                let line = """
                    token-refused: the one-time token '\(made.record.id)' was used by \
                    '\(Lab.node(1).instanceID)' already; make a token with 'howdah cluster token \
                    create' and put it into the user-data
                    """
                #expect(await Self.refusal(Self.client(2, token: made.token, api)) == line)
                // The same instance, by its word, with another key.
                #expect(await Self.refusal(Self.client(1, key: 3, token: made.token, api)) == line)
                let stray = await Self.refusal(Self.client(1, key: 3, token: nil, api))
                #expect(stray.contains("another key is known of '\(Lab.node(1).instanceID)'"))
                #expect(try await panel.auditLines("enrolment-refused").count == 3)
                // A new disk: the operator makes another token.
                let next = try await Self.token(api, instance: Lab.node(1).instanceID)
                let back = try await Self.client(1, key: 3, token: next.token, api).enrol()
                #expect(back.name == "slave-1")
                #expect(await Self.refusal(Self.client(1, token: nil, api)) != "let in")
            }
        }
    }

    @Test func `of two who come with one token at the same moment one is let in`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.launch(2, role: "slave")
            try await lab.withPanel { _, api in
                let made = try await Self.token(api)
                async let first = Self.refusal(Self.client(1, token: made.token, api))
                async let second = Self.refusal(Self.client(2, token: made.token, api))
                let answers = await [first, second]
                #expect(answers.count { $0 == "let in" } == 1, "\(answers)")
                #expect(answers.count { $0.hasPrefix("token-refused") } == 1, "\(answers)")
            }
        }
    }

    @Test func `the role is the token's, whatever the node is tagged`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.launch(2, role: "master")
            try await lab.withPanel { _, api in
                let made = try await Self.token(api, role: "master")
                let no = await Self.refusal(Self.client(1, token: made.token, api))
                #expect(no.hasPrefix("role-mismatch"))
                // A refusal for another reason leaves the token good.
                let yes = try await Self.client(2, token: made.token, api).enrol()
                #expect(yes.role == "master")
            }
        }
    }

    @Test func `a token is for whom it was made, as long as it was made for`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.launch(2, role: "slave")
            try await lab.withPanel { _, api in
                let other = try await Self.token(api, instance: Lab.node(2).instanceID)
                let elsewhere = try await Self.token(api, address: "10.0.0.2")
                #expect(
                    await Self.refusal(Self.client(1, token: other.token, api))
                        .hasSuffix("is for '\(Lab.node(2).instanceID)', not for this instance"))
                #expect(
                    await Self.refusal(Self.client(1, token: elsewhere.token, api))
                        .hasSuffix("is for the address '10.0.0.2', not for this one"))
                let short = try await Self.token(api, seconds: 60)
                lab.time.advance(61)
                let late = await Self.refusal(Self.client(1, token: short.token, api))
                #expect(late.contains("'\(short.record.id)' has expired"))
                let none = await Self.refusal(Self.client(1, token: nil, api))
                #expect(none.contains("does not know this node's key"))
                let wrong = await Self.refusal(
                    Self.client(1, token: "howdah-once-wrong-0000000", api))
                #expect(wrong.contains("is not one of this panel's"))
                #expect(try await Self.client(2, token: elsewhere.token, api).enrol().name != "")
            }
        }
    }

    @Test func `what is not signed by the key, or not running, is refused`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.launch(2, role: "slave")
            lab.cloud.edit { $0.instances[Lab.node(2).instanceID]?.state = "stopped" }
            try await lab.withPanel { _, api in
                let made = try await Self.token(api)
                let forged = Self.client(1, token: made.token, api) { $0.node = Lab.node(2) }
                #expect(await Self.refusal(forged).contains("the signature is not that"))
                let stopped = await Self.refusal(Self.client(2, token: made.token, api))
                #expect(stopped.contains("is 'stopped'"))
                try await Self.client(1, token: made.token, api).enrol()
            }
        }
    }

    @Test func `operators alone make and take back tokens, for roles that there are`() async throws
    {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { _, api in
                let client = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                await #expect(throws: PanelError.self) {
                    try await client.enrolmentTokens(operatorToken: "somebody")
                }
                await #expect(throws: PanelError.self) { try await Self.token(api, role: "king") }
                await #expect(throws: PanelError.self) { try await Self.token(api, seconds: 1) }
                await #expect(throws: PanelError.self) {
                    try await Self.token(api, address: "here")
                }
                let made = try await Self.token(api)
                try await client.removeEnrolmentToken(
                    made.record.id, operatorToken: Lab.operatorToken)
                let no = await Self.refusal(Self.client(1, token: made.token, api))
                #expect(no.contains("is not one of this panel's"))
                await #expect(throws: PanelError.self) {
                    try await client.removeEnrolmentToken(
                        made.record.id, operatorToken: Lab.operatorToken)
                }
            }
        }
    }

    @Test func `the database holds no token`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            let token = try await lab.withPanel { _, api in
                let made = try await Self.token(api)
                try await Self.client(1, token: made.token, api).enrol()
                return made.token
            }
            for name in try lab.databaseFiles() {
                #expect(try !lab.file(name).contains(token))
            }
        }
    }
}
