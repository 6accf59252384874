import AWS
import Cluster
import Digests
import Glibc
import Host
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Node

/// A node of a cloud without STS: what it shows, and what it keeps.
@Suite struct NodeKeyTests {
    static let token = "howdah-once-0123456789"
    static let node = NodeAddress(
        instanceID: "i-0slave1", address: "10.77.0.3", hostname: "h", availabilityZone: "z")

    static func key(_ files: Files, _ instance: String = "i-0slave1", byte: UInt8) -> NodeKey {
        NodeKey(files: files, instanceID: instance) { [UInt8](repeating: byte, count: $0) }
    }

    static func challenge(_ nonce: String = "n1") -> EnrolmentChallenge {
        EnrolmentChallenge(serverID: "panel-1", nonce: nonce, expiresInSeconds: 300)
    }

    @Test func `a node shows the same key after a reboot, and its token while it has one`()
        async throws
    {
        try await withTemporaryDirectory { root in
            let files = Files(root: root)
            func answer(_ token: String?, byte: UInt8) throws -> KeyEnrolmentRequest {
                try KeyProof(
                    key: Self.key(files, byte: byte), token: token, node: Self.node, bootID: "b"
                ).answer(Self.challenge())
            }
            let first = try answer(Self.token, byte: 1)
            let later = try answer(nil, byte: 2)
            #expect(first.publicKey == later.publicKey)
            #expect(first.token == Self.token && later.token == nil)
            let signature = try #require(Hex.decode(later.signature))
            let key = try #require(Hex.decode(later.publicKey))
            // Worth nothing at another panel.
            for (panel, isGood) in [("panel-1", true), ("panel-2", false)] {
                let statement = later.statement(serverID: panel)
                #expect(SigningKey.isSigned(statement, with: signature, by: key) == isGood)
            }
        }
    }

    @Test func `the key is root's alone, another instance has another, and the token is nowhere`()
        async throws
    {
        try await withTemporaryDirectory { root in
            let files = Files(root: root)
            let first = try Self.key(files, byte: 1).load()
            let clone = try Self.key(files, "i-0clone", byte: 2).load()
            #expect(first.publicKey != clone.publicKey)
            let path = Self.key(files, byte: 1).path
            var status = stat()
            #expect(stat(root + path, &status) == 0 && status.st_mode & 0o777 == 0o600)
            #expect(try files.text(path).count == 65)
            try files.write("nothing of ours\n", to: path)
            let error = #expect(throws: NodeKeyError.self) { try Self.key(files, byte: 1).load() }
            #expect(error?.description.contains("howdah cluster token create") == true)
        }
    }

    @Test func `a boot without an IAM role enrols by the key where the cluster file says so`()
        async throws
    {
        try await BootLab.with { lab in
            let path = BootConfiguration.clusterPath
            let text = try lab.paths.files.text(path)
            try lab.paths.files.write(text + "enrolment: token\n", to: path)
            let state = try await Boot(
                world: lab.world(facts: BootLab.facts(iamRole: nil)) { world in
                    world.credentials = NoneGiven()
                }
            ).run()
            #expect(state.stage == .done, "\(state.steps)")
            let step = state.steps.first { $0.name == "credentials" }
            #expect(step?.detail == "none here; the node enrols by its own key")
        }
    }

    private struct NoneGiven: CredentialsProvider {
        struct None: Error {}
        func credentials() async throws -> Credentials { throw None() }
    }
}
