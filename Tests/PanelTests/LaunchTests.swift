import HTTPTypes
import HummingbirdTesting
import NIOCore
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Panel

/// Instances that the panel starts and ends.
@Suite struct LaunchTests {
    /// A panel that may launch slaves, five nodes at most.
    private static func with(_ body: (Lab) async throws -> Void) async throws {
        try await Lab.with { lab in
            var lab = lab
            lab.clusters[0].launch["slave"] = LaunchSettings(
                imageID: "ami-1", instanceType: "m7i.large", profile: "howdah-slave",
                securityGroupIDs: [], subnetIDs: ["subnet-a", "subnet-b"], keyName: nil,
                market: .onDemand)
            lab.clusters[0].maximumNodes = 5
            try await body(lab)
        }
    }

    private static func post(
        _ path: String, _ body: String, _ api: any TestClientProtocol
    ) async throws -> TestResponse {
        try await api.executeRequest(
            uri: path, method: .post,
            headers: [
                .authorization: "Bearer \(Lab.operatorToken)", .contentType: "application/json",
            ], body: ByteBuffer(string: body))
    }

    private static func order(
        _ count: Int, _ api: any TestClientProtocol
    ) async throws -> TestResponse {
        try await post(
            "/v1/clusters/demo/launches", #"{"role":"slave","count":\#(count)}"#, api)
    }

    @Test func `an order becomes an instance of the role's template, and that a node`() async throws
    {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                let answer = try await Self.order(2, api)
                #expect(answer.status == .accepted)
                _ = await panel.launches.round()
                let orders = lab.cloud.edit { $0.orders }
                #expect(orders.map(\.template) == ["howdah-demo-slave", "howdah-demo-slave"])
                #expect(Set(orders.map(\.subnetID)) == ["subnet-a", "subnet-b"])
                #expect(orders.allSatisfy { $0.tags["howdah:cluster"] == "demo" })
                #expect(orders.allSatisfy { $0.tags["howdah:role"] == "slave" })
                #expect(orders.allSatisfy { $0.tags["howdah:launch"] == $0.token })
                #expect(orders[0].userData == "howdah: 1\ncluster: demo\nrole: slave\n")
                lab.launch(100, role: "slave")
                _ = try await lab.client(100, api).enrol()
                _ = await panel.launches.round()
                let launches = try await panel.launches.launches.all(of: "demo")
                #expect(Set(launches.map(\.state)) == [.enrolled, .launched])
            }
        }
    }

    @Test func `a cluster does not grow beyond its limit`() async throws {
        try await Self.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                _ = try await lab.client(1, api).enrol()
                #expect(try await Self.order(3, api).status == .accepted)
                let refused = try await Self.order(2, api)
                #expect(refused.status == .conflict)
                #expect(String(buffer: refused.body).contains("too-many-nodes"))
                #expect(try await Self.order(1, api).status == .accepted)
                #expect(try await panel.launches.launches.open().count == 4)
            }
        }
    }

    /// The connection is lost before and after each call; the panel is started anew after it.
    @Test func `a launch that was cut off anywhere starts one instance`() async throws {
        for number in 1...4 {
            for cut in [FakeCloud.Cut.before(number), .after(number)] {
                try await Self.with { lab in
                    try await lab.withPanel { panel, api in
                        _ = try await Self.order(1, api)
                        lab.cloud.edit { $0.cut = cut }
                        _ = await panel.launches.round()
                    }
                    for _ in 0..<3 {
                        try await lab.withPanel { panel, _ in _ = await panel.launches.round() }
                        lab.time.advance(LaunchSteps.settleSeconds)
                    }
                    try await lab.withPanel { panel, _ in
                        let states = try await panel.launches.launches.all(of: "demo").map(\.state)
                        #expect(states == [.launched], "\(cut)")
                    }
                    #expect(lab.cloud.edit { $0.orders.count } == 1, "\(cut)")
                }
            }
        }
    }

    @Test func `what EC2 says no to fails with its reason, and frees the place`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                _ = try await Self.order(5, api)
                lab.cloud.edit {
                    $0.refusedCall = "launch"
                    $0.refusal = CloudError(
                        isTransient: false, "InsufficientInstanceCapacity: none left")
                }
                _ = await panel.launches.round()
                let all = try await panel.launches.launches.all(of: "demo")
                #expect(all.allSatisfy { $0.state == .failed })
                #expect(all.first?.problem?.contains("InsufficientInstanceCapacity") == true)
                #expect(try await panel.auditLines("launch-failed").count == 5)
                lab.cloud.edit { $0.refusal = nil }
                #expect(try await Self.order(5, api).status == .accepted)
            }
        }
    }

    @Test func `one that ends before it enrols, or never enrols, says so`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                _ = try await Self.order(2, api)
                _ = await panel.launches.round()
                lab.cloud.edit { $0.instances[Lab.node(100).instanceID]?.state = "terminated" }
                lab.time.advance(LaunchSteps.enrolmentSeconds + 1)
                _ = await panel.launches.round()
                let all = try await panel.launches.launches.all(of: "demo")
                let problems = all.sorted { $0.instanceID ?? "" < $1.instanceID ?? "" }
                #expect(problems.map(\.state) == [.failed, .launched])
                #expect(problems[0].problem?.contains("ended before it enrolled") == true)
                #expect(problems[1].problem?.contains("has not enrolled 15 minutes") == true)
            }
        }
    }

    @Test func `a node is ended once its instance was named`() async throws {
        try await Self.with { lab in
            lab.launch(1, role: "slave")
            let id = Lab.node(1).instanceID
            lab.cloud.edit { $0.instances[id]?.tags["howdah:cluster"] = "demo" }
            try await lab.withPanel { panel, api in
                _ = try await lab.client(1, api).enrol()
                let path = "/v1/clusters/demo/nodes/slave-1/terminate"
                let unsure = try await Self.post(path, #"{"confirm":"slave-1"}"#, api)
                #expect(unsure.status == .badRequest)
                #expect(lab.cloud.count("terminate") == 0)
                let sure = try await Self.post(
                    path, #"{"confirm":"\#(Lab.node(1).instanceID)"}"#, api)
                #expect(sure.status == .accepted)
                for _ in 0..<3 { _ = await panel.launches.round() }
                #expect(lab.cloud.count("terminate") == 1)
                #expect(try await panel.auditLines("terminated") == ["slave-1 \(id)"])
            }
        }
    }

    @Test func `an instance that never enrolled is ended by its launch's id`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                _ = try await Self.order(1, api)
                _ = await panel.launches.round()
                let launch = try #require(try await panel.launches.launches.all(of: "demo").first)
                let id = try #require(launch.instanceID)
                let path = "/v1/clusters/demo/nodes/\(launch.id)/terminate"
                let unsure = try await Self.post(path, #"{"confirm":"\#(launch.id)"}"#, api)
                #expect(unsure.status == .badRequest)
                #expect(lab.cloud.count("terminate") == 0)
                let sure = try await Self.post(path, #"{"confirm":"\#(id)"}"#, api)
                #expect(sure.status == .accepted)
                for _ in 0..<3 { _ = await panel.launches.round() }
                #expect(lab.cloud.count("terminate") == 1)
                #expect(try await panel.auditLines("terminated") == ["\(launch.id) \(id)"])
                let last = try await panel.launches.launches.all(of: "demo").first
                #expect(last?.state == .failed)
            }
        }
    }

    @Test func `an instance that EC2 has forgotten needs no end`() async throws {
        try await Self.with { lab in
            try await lab.withPanel { panel, api in
                _ = try await Self.order(1, api)
                _ = await panel.launches.round()
                let launch = try #require(try await panel.launches.launches.all(of: "demo").first)
                let id = try #require(launch.instanceID)
                _ = try await Self.post(
                    "/v1/clusters/demo/nodes/\(launch.id)/terminate", #"{"confirm":"\#(id)"}"#, api)
                lab.cloud.edit { $0.instances[id] = nil }
                _ = await panel.launches.round()
                #expect(try await panel.auditLines("terminated") == [])
                lab.time.advance(CloudState.forgottenAfterSeconds + 1)
                _ = await panel.launches.round()
                #expect(try await panel.auditLines("terminated").count == 1)
                #expect(lab.cloud.count("terminate") == 0)
            }
        }
    }

    @Test func `an instance without the cluster's tag is not the panel's to end`() async throws {
        try await Self.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                _ = try await lab.client(1, api).enrol()
                _ = try await Self.post(
                    "/v1/clusters/demo/nodes/slave-1/terminate",
                    #"{"confirm":"\#(Lab.node(1).instanceID)"}"#, api)
                for _ in 0..<3 { _ = await panel.launches.round() }
                #expect(lab.cloud.count("terminate") == 0)
                #expect(try await panel.auditLines("terminate-problem").count == 1)
            }
        }
    }
}
