import GRDB
import HummingbirdTesting
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// Who gets in, and who does not.
@Suite struct EnrolmentTests {
    @Test func `an instance with the identity of its role gets in`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            let enrolment = try await lab.withPanel { _, api in
                try await lab.client(1, api).enrol()
            }
            #expect(enrolment.name == "master" && enrolment.role == "master")
            #expect(enrolment.cluster == "demo" && enrolment.token.count >= 40)
            let proof = try #require(lab.identities.proofs.first)
            #expect(proof.serverID.hasPrefix("panel-") && proof.nonce.count == 32)
        }
    }

    @Test(arguments: ["ip-10-0-0-1.ec2.internal", nil])
    func `the host name is EC2's word or the panel's, never the node's`(
        said: String?
    ) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            Self.instance { $0.privateName = said }(lab)
            let members = try await lab.withPanel { _, api in
                try await lab.client(1, api).members()
            }
            #expect(members.map(\.hostname) == [said ?? "slave-1"])
        }
    }

    /// What one instance gets wrong, and the line that it reads.
    struct Refused: Sendable, CustomTestStringConvertible {
        let name: String
        let word: String
        let says: String
        let prepare: @Sendable (Lab) -> Void
        var testDescription: String { name }

        init(
            _ name: String, _ word: String = "identity-refused", says: String,
            _ prepare: @escaping @Sendable (Lab) -> Void
        ) {
            self.name = name
            self.word = word
            self.says = says
            self.prepare = prepare
        }
    }

    static func arn(_ text: String) -> @Sendable (Lab) -> Void {
        { $0.identities.answer(Lab.signature(1), with: .success(text)) }
    }

    static func instance(
        _ change: @escaping @Sendable (inout CloudInstance) -> Void
    ) -> @Sendable (Lab) -> Void {
        { lab in
            lab.cloud.edit { state in
                let id = Lab.node(1).instanceID
                if var instance = state.instances[id] {
                    change(&instance)
                    state.instances[id] = instance
                }
            }
        }
    }

    static let own = "assumed-role/howdah-slave/\(Lab.node(1).instanceID)"

    static let refusals: [Refused] = [
        Refused(
            "another account", says: "account '999999999999'",
            arn("arn:aws:sts::999999999999:\(own)")),
        Refused(
            "a role that is not ours", says: "IAM role 'admin'",
            arn("arn:aws:sts::123456789012:assumed-role/admin/\(Lab.node(1).instanceID)")),
        Refused(
            "credentials of another instance", says: "are those of 'i-0ther'",
            arn("arn:aws:sts::123456789012:assumed-role/howdah-slave/i-0ther")),
        Refused(
            "a user", says: "no session of an IAM role", arn("arn:aws:iam::123456789012:user/eve")),
        Refused(
            "a role's session with more parts", says: "no session of an IAM role",
            arn("arn:aws:sts::123456789012:\(own)/more")),
        Refused(
            "a signature that STS refuses, as one made for another panel's id is",
            says: "SignatureDoesNotMatch"
        ) {
            $0.identities.answer(
                Lab.signature(1), with: .failure(.refused(code: "SignatureDoesNotMatch")))
        },
        Refused(
            "a terminated instance", says: "is 'terminated'",
            instance { $0.state = "terminated" }),
        Refused("a stopped instance", says: "is 'stopped'", instance { $0.state = "stopped" }),
        Refused(
            "another address", says: "EC2 that it is '10.9.9.9'",
            instance { $0.privateIP = "10.9.9.9" }),
        Refused("no address", says: "EC2 that it is 'none'", instance { $0.privateIP = nil }),
        Refused("an instance that EC2 does not know", says: "EC2 does not know") { lab in
            lab.cloud.edit { $0.instances = [:] }
        },
        Refused(
            "a tag of another role", "role-mismatch",
            says: "says 'master', its IAM role says 'slave'",
            instance { $0.tags["howdah:role"] = "master" }),
        Refused(
            "a tag of another cluster", says: "says 'other', its IAM role is one of 'demo'",
            instance { $0.tags["howdah:cluster"] = "other" }),
    ]

    @Test(arguments: refusals)
    func `an identity that does not hold is refused and audited`(
        case refused: Refused
    ) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            refused.prepare(lab)
            try await lab.withPanel { panel, api in
                let error = await #expect(throws: PanelError.self) {
                    try await lab.client(1, api).enrol()
                }
                guard case .refused(_, 403, let refusal) = error else {
                    Issue.record("expected a refusal with 403, found \(String(describing: error))")
                    return
                }
                #expect(refusal.error == refused.word)
                #expect(refusal.message.contains(refused.says), "\(refusal.message)")
                let noted = try await panel.auditLines("enrolment-refused")
                #expect(noted.count == 1 && noted[0].contains(refused.says))
                #expect(try await panel.nodes.current().isEmpty)
            }
        }
    }

    @Test func `a nonce is good once`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, _ in
                let request = Lab.request(1, nonce: try await panel.enroller.challenge().nonce)
                _ = try await panel.enroller.enrol(request)
                let refusal = await #expect(throws: Refusal.self) {
                    _ = try await panel.enroller.enrol(request)
                }
                #expect(refusal?.refusal.error == "identity-refused")
            }
        }
    }

    @Test func `a nonce is spent even by a proof that does not hold`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.identities.answer(Lab.signature(1), with: .failure(.refused(code: "No")))
            try await lab.withPanel { panel, _ in
                let request = Lab.request(1, nonce: try await panel.enroller.challenge().nonce)
                await #expect(throws: Refusal.self) { _ = try await panel.enroller.enrol(request) }
                await #expect(throws: Refusal.self) { _ = try await panel.enroller.enrol(request) }
                #expect(lab.identities.proofs.count == 1)
            }
        }
    }

    @Test func `a nonce of five minutes ago, or made up, never reaches STS`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, _ in
                let old = Lab.request(1, nonce: try await panel.enroller.challenge().nonce)
                lab.time.advance(300)
                await #expect(throws: Refusal.self) { _ = try await panel.enroller.enrol(old) }
                let madeUp = Lab.request(1, nonce: String(repeating: "0", count: 32))
                await #expect(throws: Refusal.self) { _ = try await panel.enroller.enrol(madeUp) }
                #expect(lab.identities.proofs.isEmpty)
            }
        }
    }

    @Test(arguments: [
        "evil\r\nx-amz-target: y", "", String(repeating: "x", count: 9000), "two words",
    ])
    func `a token that would change the request is refused before it is built`(
        token: String
    ) async throws {
        try await Lab.with { lab in
            try await lab.withPanel { panel, _ in
                var request = Lab.request(1, nonce: try await panel.enroller.challenge().nonce)
                request.sessionToken = token
                let sent = request
                let refusal = await #expect(throws: Refusal.self) {
                    _ = try await panel.enroller.enrol(sent)
                }
                #expect(refusal?.refusal.error == "bad-request")
                #expect(lab.identities.proofs.isEmpty)
            }
        }
    }

    @Test func `STS out of reach is the panel's trouble, not the node's`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.identities.answer(
                Lab.signature(1), with: .failure(.unavailable(cause: "no route")))
            try await lab.withPanel { _, api in
                let error = await #expect(throws: PanelError.self) {
                    try await lab.client(1, api).enrol()
                }
                guard case .refused(_, 503, let refusal) = error else {
                    Issue.record("expected 503, found \(String(describing: error))")
                    return
                }
                #expect(refusal.error == "cloud-unavailable")
            }
        }
    }

    @Test func `names are stable, the tag's where free, and free again at the end`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "slave", name: "worker")
            lab.launch(3, role: "slave", name: "worker")
            lab.launch(4, role: "slave", name: "No Host Name!")
            try await lab.withPanel { panel, api in
                var names: [String] = []
                for number in [1, 2, 3, 4, 3, 1] {
                    names.append(try await lab.client(number, api).enrol().name)
                }
                #expect(names == ["master", "worker", "slave-1", "slave-2", "slave-1", "master"])
                lab.cloud.edit { $0.instances[Lab.node(3).instanceID]?.state = "terminated" }
                await panel.watcher.round()
                lab.launch(5, role: "slave")
                #expect(try await lab.client(5, api).enrol().name == "slave-1")
            }
        }
    }

    @Test func `no secret reaches the database`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            let token = try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let token = try await client.enrol().token
                _ = try await client.putMaster()
                _ = try await panel.database.pool.writeWithoutTransaction { try $0.checkpoint() }
                return token
            }
            for name in try lab.databaseFiles() {
                for secret in [token, "session-token-secret", Lab.signature(1), Lab.operatorToken] {
                    #expect(try !lab.file(name).contains(secret), "\(name)")
                }
            }
        }
    }
}
