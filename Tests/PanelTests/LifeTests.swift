import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// A node's life, and what is written down of it.
@Suite struct LifeTests {
    private static let report = BootReport(
        bootID: "boot-1", instanceID: Lab.node(1).instanceID, outcome: .done, seconds: 5,
        steps: [])

    @Test func `each change is written down once, with its cause`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                _ = try await client.enrol()
                await panel.lifeKeeper.round()
                try await client.report(Self.report)
                await panel.lifeKeeper.round()
                await panel.lifeKeeper.round()
                lab.time.advance(121)
                await panel.lifeKeeper.round()
                lab.time.advance(60)
                await panel.lifeKeeper.round()
                lab.cloud.edit { $0.instances[Lab.node(1).instanceID]?.state = "terminated" }
                await panel.watcher.round()
                await panel.lifeKeeper.round()
                await panel.lifeKeeper.round()
                let id = Lab.node(1).instanceID
                #expect(
                    try await panel.auditLines("life") == [
                        "slave-1 \(id): booting: it enrolled",
                        "slave-1 \(id): booting -> up: its boot is done and it is heard",
                        "slave-1 \(id): up -> stale: nothing heard for 121 s",
                        "slave-1 \(id): stale -> down: nothing heard for 181 s",
                        "slave-1 \(id): down -> gone: EC2 says 'terminated'",
                    ])
            }
        }
    }

    @Test func `the audit log is read newest first, page by page, of one or all`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                _ = try await client.enrol()
                try await client.report(Self.report)
                await panel.lifeKeeper.round()
                let token = Lab.operatorToken
                let all = try await client.audit(limit: 10, operatorToken: token)
                #expect(all.map(\.action) == ["life", "boot-done", "enrolled"])
                let older = try await client.audit(
                    limit: 10, before: all[0].id, operatorToken: token)
                #expect(older == Array(all.dropFirst()))
                let named = try await client.audit(
                    limit: 1, subject: "slave-1", operatorToken: token)
                #expect(named.map(\.action) == ["life"])
            }
        }
    }
}
