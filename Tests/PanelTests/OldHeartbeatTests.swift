import HTTPTypes
import HummingbirdTesting
import NIOCore
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Panel

/// Images from before there was a node program tell by `wget` that they live.
@Suite struct OldHeartbeatTests {
    private static let own = "127.0.0.1"

    /// A panel that launched an instance of the role, which EC2 has running at our own address.
    private static func with(
        _ role: String, takes: Bool = true, address: String = own,
        _ body: @escaping @Sendable (Lab, Panel, any TestClientProtocol) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            var lab = lab
            lab.clusters[0].takesOldHeartbeats = takes
            lab.clusters[0].launch[role] = LaunchSettings(
                imageID: "ami-1", instanceType: "m7i.large", profile: "howdah-\(role)",
                securityGroupIDs: [], subnetIDs: [], keyName: nil, market: .onDemand)
            let panel = try await lab.open()
            let made = lab
            try await panel.application().test(.live) { api in
                let order = LaunchOrder(role: role, count: 1)
                let records = try LaunchRecord.make(
                    order, in: made.clusters[0], by: "test", time: panel.time)
                try await panel.launches.launches.insert(records, limit: 5)
                _ = await panel.launches.round()
                made.cloud.edit { cloud in
                    for id in cloud.instances.keys {
                        cloud.instances[id]?.privateIP = address
                        cloud.instances[id]?.state = "running"
                    }
                }
                try await body(made, panel, api)
            }
            try panel.database.close()
        }
    }

    private static func beat(
        _ query: String, _ api: any TestClientProtocol
    ) async throws -> (status: Int, text: String) {
        let answer = try await api.executeRequest(
            uri: "/heartbeat\(query)", method: .get, headers: [:], body: nil)
        return (answer.status.code, String(buffer: answer.body))
    }

    @Test func `wget itself brings a slave in, and keeps it up`() async throws {
        try await Self.with("slave") { lab, panel, api in
            let port = try #require(api.port)
            let url = "http://127.0.0.1:\(port)/heartbeat?ip=127.0.0.1&master=0"
            for _ in 0..<2 {
                try await Command.run(
                    "wget", ["-q", "-O", "/dev/null", "-T", "10", "-t", "1", url])
                let node = try #require(try await panel.viewer.view(of: "demo").nodes.first)
                #expect(node.role == "slave" && node.silentSeconds == 0)
                lab.time.advance(60)
            }
            lab.time.advance(200)
            #expect(try await panel.viewer.view(of: "demo").nodes.first?.state == .down)
        }
    }

    @Test func `a master of an old image is the cluster's, and its address is the answer`()
        async throws
    {
        try await Self.with("master") { _, panel, api in
            let answer = try await Self.beat("?ip=127.0.0.1&master=1", api)
            #expect(answer == (200, "127.0.0.1\n"))
            #expect(try await panel.election.masters.current(of: "demo")?.address == Self.own)
        }
    }

    @Test func `an old heartbeat speaks for its own address and role alone`() async throws {
        try await Self.with("slave") { _, panel, api in
            let other = try await Self.beat("?ip=10.0.0.9&master=0", api)
            #expect(other.status == 403)
            #expect(try await Self.beat("?ip=127.0.0.1&master=1", api).status == 403)
            #expect(try await panel.election.masters.current(of: "demo") == nil)
            for query in ["", "?ip=127.0.0.1", "?master=0", "?ip=127.0.0.1&master=maybe"] {
                #expect(try await Self.beat(query, api).status == 400, "\(query)")
            }
            #expect(try await panel.auditLines(OldHeartbeats.action).count == 2)
        }
        // Not one that the panel launched.
        try await Self.with("slave", address: "10.0.0.8") { _, panel, api in
            let answer = try await Self.beat("?ip=127.0.0.1&master=0", api)
            #expect(answer.status == 403)
            #expect(try await panel.viewer.view(of: "demo").nodes.isEmpty)
        }
    }

    @Test func `who enrolled needs its token, and without the setting nobody is heard`()
        async throws
    {
        try await Self.with("slave") { lab, panel, api in
            lab.launch(1, role: "slave", address: Self.own)
            _ = try await lab.client(1, api, address: Self.own).enrol()
            let answer = try await Self.beat("?ip=127.0.0.1&master=0", api)
            #expect(answer.status == 403 && answer.text.contains("enrolled"))
        }
        try await Self.with("slave", takes: false) { _, _, api in
            let answer = try await Self.beat("?ip=127.0.0.1&master=0", api)
            #expect(answer.status == 404)
        }
    }
}
