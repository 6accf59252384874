import HTTPTypes
import HummingbirdTesting
import NIOCore
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Panel

/// A panel of several clusters.
@Suite struct SeveralClustersTests {
    /// Two clusters that share the slaves' IAM role.
    private static func with(_ body: (Lab) async throws -> Void) async throws {
        try await Lab.with { lab in
            var lab = lab
            lab.access.isPageOpen = true
            lab.clusters = [
                ClusterSettings(
                    name: "demo", roles: ["howdah-master": "master", "howdah-slave": "slave"]),
                ClusterSettings(
                    name: "other", roles: ["other-master": "master", "howdah-slave": "slave"],
                    heartbeatSeconds: 15),
            ]
            try await body(lab)
        }
    }

    private static func tag(_ lab: Lab, _ number: Int, cluster: String) {
        let id = Lab.node(number).instanceID
        lab.cloud.edit { $0.instances[id]?.tags["howdah:cluster"] = cluster }
    }

    @Test func `keeps their nodes, masters and pages apart`() async throws {
        try await Self.with { lab in
            lab.launch(1, role: "master")
            lab.launch(2, role: "slave")
            Self.tag(lab, 2, cluster: "demo")
            lab.launch(3, role: "slave")
            Self.tag(lab, 3, cluster: "other")
            try await lab.withPanel { panel, api in
                let (master, ours, theirs) = (
                    lab.client(1, api), lab.client(2, api), lab.client(3, api)
                )
                #expect(try await master.enrol().cluster == "demo")
                #expect(try await ours.enrol().cluster == "demo")
                let enrolment = try await theirs.enrol()
                #expect(enrolment.cluster == "other")
                #expect(enrolment.name == "slave-1")
                _ = try await master.putMaster()
                #expect(try await ours.master(waitSeconds: 0) != nil)
                #expect(try await theirs.master(waitSeconds: 0) == nil)
                #expect(try await ours.members().map(\.name) == ["master", "slave-1"])
                #expect(try await theirs.members().map(\.name) == ["slave-1"])
                let operatorToken = Lab.operatorToken
                let clusters = try await ours.clusters(operatorToken: operatorToken)
                #expect(clusters.map(\.cluster) == ["demo", "other"])
                let view = try await ours.clusterView("other", operatorToken: operatorToken)
                #expect(view.nodes.map(\.instanceID) == [Lab.node(3).instanceID])
            }
        }
    }

    @Test func `asks for a tag where the IAM role leaves open which cluster is meant`() async throws
    {
        try await Self.with { lab in
            lab.launch(2, role: "slave")
            try await lab.withPanel { _, api in
                let refusal = await #expect(throws: PanelError.self) {
                    try await lab.client(2, api).enrol()
                }
                #expect(refusal.map { "\($0)" }?.contains("say which by its tag") == true)
            }
        }
    }

    @Test func `leaves an instance in the cluster that it belongs to`() async throws {
        try await Self.with { lab in
            lab.launch(2, role: "slave")
            Self.tag(lab, 2, cluster: "demo")
            try await lab.withPanel { _, api in
                _ = try await lab.client(2, api).enrol()
                Self.tag(lab, 2, cluster: "other")
                let refusal = await #expect(throws: PanelError.self) {
                    try await lab.client(2, api).enrol()
                }
                #expect(refusal.map { "\($0)" }?.contains("belongs to 'demo'") == true)
            }
        }
    }

    @Test func `shows a list of them, and a page each`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { _, api in
                let list = try await api.executeRequest(
                    uri: "/", method: .get, headers: [:], body: .init())
                #expect(String(buffer: list.body).contains("href=\"/clusters/other\""))
                let page = try await api.executeRequest(
                    uri: "/clusters/other", method: .get, headers: [:], body: .init())
                #expect(
                    String(buffer: page.body).contains("<title>other: Empty: no node has enrolled"))
            }
        }
    }

    @Test func `are read from panel.yaml`() throws {
        let settings = try PanelSettings.parse(
            Array(
                """
                listen: 127.0.0.1:0
                database: /tmp/panel.db
                operator-token-file: /tmp/token
                region: eu-central-1
                account: "123456789012"
                clusters:
                  other: { roles: { o: master }, heartbeat-seconds: 15 }
                  demo:
                    roles: { d: master }
                    ganglia-listen: 127.0.0.1:8649
                """.utf8), file: "panel.yaml")
        #expect(settings.clusters.map(\.name) == ["demo", "other"])
        #expect(settings.clusters.map(\.heartbeatSeconds) == [60, 15])
        #expect(settings.clusters.map { $0.ganglia?.port } == [8649, nil])
    }

    @Test func `are not mixed with the keys of a single one`() {
        let error = #expect(throws: (any Error).self) {
            try PanelSettings.parse(
                Array(
                    """
                    listen: 127.0.0.1:0
                    account: "123456789012"
                    roles: { d: master }
                    clusters: { demo: { roles: { d: master } } }
                    """.utf8), file: "panel.yaml")
        }
        #expect(
            error.map { "\($0)" }
                == "panel.yaml:3: 'roles' is 'at the top', expected it below a name of 'clusters'")
    }
}
