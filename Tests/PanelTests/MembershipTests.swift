import GRDB
import HTTPTypes
import HummingbirdTesting
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// Who is master, who speaks for whom, who may do what once.
@Suite struct MembershipTests {
    func refusal(
        _ call: @Sendable () async throws -> Void
    ) async -> (status: Int, word: String, message: String) {
        do {
            try await call()
            return (200, "", "")
        } catch PanelError.refused(_, let status, let refusal) {
            return (status, refusal.error, refusal.message)
        } catch {
            Issue.record("expected a refusal, found \(error)")
            return (0, "", "")
        }
    }

    @Test func `a slave waits for the master and gets its address`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "slave")
            try await lab.withPanel { _, api in
                let (master, slave) = (lab.client(1, api), lab.client(2, api))
                #expect(try await slave.master() == nil)
                async let found = slave.master(waitSeconds: 20)
                let put = try await master.putMaster()
                #expect(try await found == put)
                #expect(put.address == "10.0.0.1" && put.generation == 1)
                let members = try await slave.members().map(\.name).sorted()
                #expect(members == ["master", "slave-1"])
            }
        }
    }

    @Test func `a slave cannot make itself master`() async throws {
        try await Lab.with { lab in
            lab.launch(2, role: "slave")
            try await lab.withPanel { _, api in
                let no = await refusal { _ = try await lab.client(2, api).putMaster() }
                #expect(no.status == 403 && no.word == "role-mismatch")
            }
        }
    }

    @Test(arguments: ["running", "pending", "stopping", "shutting-down"])
    func `a second master is refused while the first is`(state: String) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "master")
            try await lab.withPanel { _, api in
                _ = try await lab.client(1, api).putMaster()
                lab.cloud.edit { $0.instances[Lab.node(1).instanceID]?.state = state }
                let no = await refusal { _ = try await lab.client(2, api).putMaster() }
                #expect(no.status == 409 && no.word == "two-masters")
                #expect(no.message.contains(Lab.node(1).instanceID) && no.message.contains(state))
            }
        }
    }

    @Test func `signs of life renew the master's lease, and its end alone makes no other master`()
        async throws
    {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "master")
            try await lab.withPanel { panel, api in
                let first = lab.client(1, api)
                _ = try await first.putMaster()
                lab.time.advance(100)
                _ = try await first.heartbeat(ViewTests.beat(1))
                let standing = try await panel.viewer.view(of: "demo").master
                #expect(standing?.record.generation == 1)
                #expect(standing?.leaseEndsAt == panel.time.now() + 180)
                let held = await refusal { _ = try await lab.client(2, api).putMaster() }
                #expect(held.message.contains("its lease holds for 3 min more"))
                lab.time.advance(300)
                let ended = await refusal { _ = try await lab.client(2, api).putMaster() }
                #expect(ended.status == 409 && ended.word == "two-masters")
                #expect(ended.message.contains("though its lease ended 2 min ago"))
            }
        }
    }

    @Test(arguments: ["terminated", "stopped", nil])
    func `a new master follows when EC2 says that the old one is gone`(
        state: String?
    ) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "master")
            try await lab.withPanel { panel, api in
                _ = try await lab.client(1, api).putMaster()
                lab.cloud.edit { cloud in
                    let id = Lab.node(1).instanceID
                    if let state {
                        cloud.instances[id]?.state = state
                    } else {
                        cloud.instances[id] = nil
                    }
                }
                await panel.watcher.round()
                let next = lab.client(2, api)
                if state == nil {
                    // Missing is not gone, until EC2 has been silent of it for long.
                    let no = await refusal { _ = try await next.putMaster() }
                    #expect(no.status == 503 && no.word == "cloud-unavailable")
                    #expect(no.message.contains(Lab.node(1).instanceID))
                    #expect(try await next.master()?.address == "10.0.0.1")
                    // A panel that looks all the while, not a clock that jumps.
                    for _ in 0..<13 {
                        lab.time.advance(InstanceWatcher.maximumGapSeconds - 1)
                        await panel.watcher.round()
                    }
                }
                #expect(try await next.master() == nil, "a master that is gone is none")
                let record = try await next.putMaster()
                #expect(record.generation == 2 && record.address == "10.0.0.2")
                #expect(try await next.putMaster() == record)
            }
        }
    }

    @Test func `no answer from EC2 is no leave to take over`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "master")
            try await lab.withPanel { panel, api in
                let second = lab.client(2, api)
                _ = try await lab.client(1, api).putMaster()
                try await second.enrol()
                lab.cloud.edit { $0.refusal = CloudError(isTransient: true, "throttled") }
                let no = await refusal { _ = try await second.putMaster() }
                #expect(no.status == 503)
                await panel.watcher.round()
                #expect(try await second.master()?.address == "10.0.0.1")
            }
        }
    }

    @Test func `a master that came back elsewhere is not found at its old address`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            try await lab.withPanel { _, api in
                _ = try await lab.client(1, api).putMaster()
                lab.launch(1, role: "master", address: "10.0.0.99")
                let back = lab.client(1, api, address: "10.0.0.99", bootID: "boot-2")
                #expect(try await back.master() == nil)
                let record = try await back.putMaster()
                #expect(record.address == "10.0.0.99" && record.generation == 1)
            }
        }
    }

    @Test func `the leave to format is the master's, once`() async throws {
        try await Lab.with { lab in
            for number in 1...2 { lab.launch(number, role: "master") }
            lab.launch(3, role: "slave")
            try await lab.withPanel { _, api in
                let (master, other) = (lab.client(1, api), lab.client(2, api))
                let early = await refusal { _ = try await master.leave("namenode-format") }
                #expect(early.word == "not-master")
                _ = try await master.putMaster()
                for client in [other, lab.client(3, api)] {
                    let no = await refusal { _ = try await client.leave("namenode-format") }
                    #expect(no.status == 409 || no.status == 403)
                }
                let first = try await master.leave("namenode-format")
                let again = try await master.leave("namenode-format")
                #expect(first.granted && first == again)
                let done = try await master.leaveDone("namenode-format")
                #expect(!done.granted)
                #expect(try await !master.leave("namenode-format").granted)
                let unknown = await refusal { _ = try await master.leave("rm-rf") }
                #expect(unknown.status == 404)
            }
        }
    }

    @Test func `a node cannot act for another`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.launch(2, role: "slave")
            try await lab.withPanel { _, api in
                let (one, two) = (lab.client(1, api), lab.client(2, api))
                let claim = try await one.claim(
                    VolumeClaimRequest(mount: "/data", sizeGiB: 1, type: "gp3"))
                let look = await refusal { _ = try await two.claimStatus(claim.id) }
                #expect(look.status == 404 && look.word == "unknown-claim")
                let report = FilesystemReport(type: "xfs", uuid: "1234")
                let format = await refusal {
                    _ = try await two.reportFilesystem(claim: claim.id, report)
                }
                #expect(format.word == "unknown-claim")
                let boot = BootReport(
                    bootID: "b", instanceID: Lab.node(1).instanceID, outcome: .done, seconds: 1,
                    steps: [])
                let speak = await refusal { try await two.report(boot) }
                #expect(speak.status == 403 && speak.word == "not-yours")
                let own = try await two.claim(
                    VolumeClaimRequest(mount: "/data", sizeGiB: 1, type: "gp3"))
                #expect(own.id != claim.id)
            }
        }
    }

    @Test func `a token ends after an hour and with its instance`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let first = try await lab.client(1, api).enrol().token
                let tokens = panel.enroller.tokens
                let now = lab.time.panelTime.now()
                #expect(try await tokens.node(for: first, now: now + 3599).name == "slave-1")
                let old = await #expect(throws: Refusal.self) {
                    _ = try await tokens.node(for: first, now: now + 3600)
                }
                #expect(old?.refusal.error == "token-expired")
                lab.cloud.edit { $0.instances[Lab.node(1).instanceID]?.state = "stopped" }
                await panel.watcher.round()
                await #expect(throws: Refusal.self) {
                    _ = try await tokens.node(for: first, now: now)
                }
            }
        }
    }

    @Test func `the client enrols again when the panel forgot its token`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                _ = try await client.members()
                try await panel.database.write { try $0.execute(sql: "DELETE FROM tokens") }
                #expect(try await client.members().count == 1)
            }
        }
    }

    @Test(arguments: ["/v1/members", "/v1/clusters/demo", "/v1/master"])
    func `without a token nothing is said`(path: String) async throws {
        try await Lab.with { lab in
            try await lab.withPanel { _, api in
                let none = try await api.executeRequest(
                    uri: path, method: .get, headers: [:], body: nil)
                #expect(none.status == .unauthorized)
                let wrong = try await api.executeRequest(
                    uri: path, method: .get, headers: [.authorization: "Bearer nonsense"],
                    body: nil)
                #expect(wrong.status == .unauthorized)
            }
        }
    }

    @Test func `the audit log cannot be changed`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                try await lab.client(1, api).enrol()
                for sql in ["DELETE FROM audit", "UPDATE audit SET detail = ''"] {
                    await #expect(throws: (any Error).self) {
                        try await panel.database.write { try $0.execute(sql: sql) }
                    }
                }
                #expect(try await panel.auditLines("enrolled").count == 1)
            }
        }
    }
}
