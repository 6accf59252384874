import HummingbirdTesting
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// The autoscaler in the panel: what it reads, writes down and orders.
@Suite struct AutoscalerTests {
    /// A panel with one slave, up for twenty minutes with this load in every sample.
    private static func with(
        _ mode: ScalingSettings.Mode, load: Double, maximumNodes: Int = 10,
        _ body: @escaping @Sendable (Lab, Panel, PanelClient) async throws -> Void
    ) async throws {
        try await Lab.with { lab in
            var lab = lab
            lab.clusters[0].scaling.mode = mode
            lab.clusters[0].maximumNodes = maximumNodes
            lab.clusters[0].launch["slave"] = LaunchSettings(
                imageID: "ami-1", instanceType: "m7i.large", profile: "howdah-slave",
                securityGroupIDs: [], subnetIDs: [], keyName: nil, market: .onDemand)
            lab.launch(1, role: "slave")
            try await lab.withPanel { [lab] panel, api in
                let client = lab.client(1, api)
                _ = try await client.enrol()
                try await client.report(
                    BootReport(
                        bootID: "boot-1", instanceID: Lab.node(1).instanceID, outcome: .done,
                        seconds: 5, steps: []))
                try await Self.minutes(20, load: load, lab, client)
                try await body(lab, panel, client)
            }
        }
    }

    private static func minutes(
        _ count: Int, load: Double, _ lab: Lab, _ client: PanelClient
    ) async throws {
        for _ in 0..<count {
            var beat = Heartbeat(
                bootID: "boot-1", sequence: Int(lab.time.panelTime.now()), uptimeSeconds: 60,
                load1: load, loadIsHostWide: false)
            beat.samples = [30.0, 60].map {
                MetricSample(
                    at: lab.time.panelTime.now() + $0, seconds: 30,
                    values: [Metric.load1.rawValue: load])
            }
            lab.time.advance(60)
            _ = try await client.heartbeat(beat)
        }
    }

    private static func last(_ client: PanelClient) async throws -> DecisionView? {
        try await client.decisions(in: "demo", operatorToken: Lab.operatorToken).first
    }

    @Test func `a high load launches three, then rests`() async throws {
        try await Self.with(.on, load: 12) { lab, panel, client in
            await panel.autoscaler.round()
            let decision = try await Self.last(client)
            #expect(decision?.outcome == "add" && decision?.count == 3 && decision?.mode == "on")
            #expect(decision?.eligible == ["slave-1"] && decision?.value == 12)
            let launches = try await panel.launches.launches.all(of: "demo")
            #expect(launches.count == 3 && launches.allSatisfy { $0.role == "slave" })
            #expect(launches.allSatisfy { $0.requestedBy == "autoscaler" })
            #expect(launches.first?.reason == decision?.sentence)
            try await Self.minutes(1, load: 12, lab, client)
            await panel.autoscaler.round()
            let next = try await Self.last(client)
            #expect(next?.outcome == "hold")
            #expect(next?.sentence.contains("it rests for another 14 minutes") == true)
            #expect(try await panel.launches.launches.all(of: "demo").count == 3)
        }
    }

    @Test func `a launch of which nothing came is tried again after two minutes`() async throws {
        try await Self.with(.on, load: 12) { lab, panel, client in
            await panel.autoscaler.round()
            lab.cloud.edit {
                $0.refusedCall = "launch"
                $0.refusal = .init(isTransient: false, "InsufficientInstanceCapacity")
            }
            _ = await panel.launches.round()
            try await Self.minutes(2, load: 12, lab, client)
            await panel.autoscaler.round()
            #expect(try await Self.last(client)?.outcome == "add")
            #expect(try await panel.launches.launches.all(of: "demo").count == 6)
        }
    }

    @Test func `advice calls nobody`() async throws {
        try await Self.with(.advise, load: 12) { lab, panel, client in
            let calls = lab.cloud.calls.count
            await panel.autoscaler.round()
            let decision = try await Self.last(client)
            #expect(decision?.outcome == "add")
            #expect(try await panel.launches.launches.all(of: "demo").isEmpty)
            #expect(lab.cloud.calls.count == calls)
        }
    }

    @Test func `off decides nothing, and quiet adds nothing`() async throws {
        try await Self.with(.off, load: 12) { _, panel, client in
            await panel.autoscaler.round()
            let decision = try await Self.last(client)
            #expect(decision == nil)
        }
        try await Self.with(.on, load: 2) { _, panel, client in
            await panel.autoscaler.round()
            let decision = try await Self.last(client)
            #expect(decision?.sentence == "hold: mean load 2 of 1 node is not above 10")
        }
    }

    @Test func `metrics that stopped are no decision`() async throws {
        try await Self.with(.on, load: 12) { lab, panel, client in
            lab.time.advance(170)
            await panel.autoscaler.round()
            let decision = try await Self.last(client)
            #expect(decision?.outcome == "no-decision", "\(String(describing: decision))")
            #expect(try await panel.launches.launches.all(of: "demo").isEmpty)
        }
    }

    @Test func `an earlier decision is told of any time`() async throws {
        try await Self.with(.advise, load: 12) { lab, panel, client in
            await panel.autoscaler.round()
            let then = lab.time.panelTime.now()
            try await Self.minutes(10, load: 1, lab, client)
            await panel.autoscaler.round()
            let token = Lab.operatorToken
            let told = try await client.decisions(in: "demo", at: then + 30, operatorToken: token)
            #expect(told.map(\.outcome) == ["add"])
            let both = try await client.decisions(in: "demo", limit: 9, operatorToken: token)
            #expect(both.map(\.outcome) == ["hold", "add"])
        }
    }

    @Test func `on needs a launch for its role`() {
        let error = #expect(throws: (any Error).self) {
            try PanelSettings.parse(
                Array(
                    """
                    cluster: demo
                    listen: 127.0.0.1:0
                    account: "123456789012"
                    roles: { d: slave }
                    autoscaling: { mode: on }
                    """.utf8), file: "panel.yaml")
        }
        #expect(error.map { "\($0)" }?.contains("expected a 'launch' for 'slave'") == true)
    }

    @Test func `a load that no machine has is not believed`() async throws {
        try await Self.with(.on, load: 1e300) { _, panel, client in
            await panel.autoscaler.round()
            let decision = try await Self.last(client)
            #expect(decision?.outcome == "no-decision")
        }
    }

    @Test func `where the whole cluster has room for fewer, fewer are ordered`() async throws {
        try await Self.with(.on, load: 12, maximumNodes: 3) { _, panel, client in
            await panel.autoscaler.round()
            let decision = try await Self.last(client)
            #expect(decision?.outcome == "add" && decision?.count == 2)
            #expect(decision?.sentence.hasSuffix("leaves room for 2") == true)
            #expect(try await panel.launches.launches.all(of: "demo").count == 2)
            await panel.autoscaler.round()
            #expect(try await panel.launches.launches.all(of: "demo").count == 2)
        }
    }

    @Test func `a drain is cancelled before anything is launched`() async throws {
        try await Self.with(.on, load: 12) { lab, panel, client in
            let now = panel.time.now()
            try await panel.drains.drains.insert(
                DrainRecord(
                    id: "drain-1", cluster: "demo", instanceID: Lab.node(1).instanceID,
                    node: "slave-1", state: .checking, sentence: "", progressAt: now,
                    requestedBy: "anna", reason: "", startedAt: now, changedAt: now))
            await panel.autoscaler.round()
            let decision = try await Self.last(client)
            #expect(decision?.outcome == "hold")
            #expect(decision?.sentence.contains("the drain of 'slave-1' is cancelled") == true)
            #expect(try await panel.launches.launches.all(of: "demo").isEmpty)
            #expect(try await panel.drains.drains.all(of: "demo").first?.state == .cancelled)
            await panel.autoscaler.round()
            #expect(try await Self.last(client)?.outcome == "add")
        }
    }
}
