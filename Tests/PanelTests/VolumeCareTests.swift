import HTTPTypes
import HummingbirdTesting
import NIOCore
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Panel

/// What people have done with volumes: listed, taken off, copied, deleted, given on.
@Suite struct VolumeCareTests {
    private static func call(
        _ method: HTTPRequest.Method, _ path: String, _ api: any TestClientProtocol,
        _ body: String = ""
    ) async throws -> TestResponse {
        try await api.executeRequest(
            uri: "/v1/clusters/demo/" + path, method: method,
            headers: [
                .authorization: "Bearer \(Lab.operatorToken)", .contentType: "application/json",
            ], body: ByteBuffer(string: body))
    }

    private static func operate(
        _ kind: String, confirm: String? = nil, _ api: any TestClientProtocol
    ) async throws -> HTTPResponse.Status {
        let confirmed = confirm.map { #","confirm":"\#($0)""# } ?? ""
        return try await call(
            .post, "volumes/vol-1/operations", api, #"{"kind":"\#(kind)"\#(confirmed)}"#
        ).status
    }

    /// A node whose volume is attached, then gone for good with the volume left behind.
    private static func leaveBehind(_ panel: Panel, _ lab: Lab, _ client: PanelClient) async throws
    {
        _ = try await SetAsideTests.attached(panel, client)
        lab.cloud.edit { $0.instances[Lab.node(1).instanceID]?.state = "terminated" }
        await panel.watcher.round()
    }

    private static func settle(_ panel: Panel, _ lab: Lab) async {
        for _ in 0..<4 {
            _ = await panel.care.round()
            lab.time.advance(1)
        }
    }

    @Test func `a node's volume is claimed, and an orphan once the node is over`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                _ = try await SetAsideTests.attached(panel, lab.client(1, api))
                let before = try await Self.call(.get, "volumes", api)
                #expect(String(buffer: before.body).contains(#""use":"claimed""#))
                lab.cloud.edit { $0.instances[Lab.node(1).instanceID]?.state = "terminated" }
                await panel.watcher.round()
                let after = try await Self.call(.get, "volumes", api)
                #expect(String(buffer: after.body).contains(#""use":"orphan""#))
                #expect(String(buffer: after.body).contains(#""node":"slave-1""#))
            }
        }
    }

    @Test func `a volume stays on an instance that runs`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                _ = try await SetAsideTests.attached(panel, lab.client(1, api))
                #expect(try await Self.operate("detach", api) == .accepted)
                await Self.settle(panel, lab)
                let record = try #require(try await panel.care.care.all(of: "demo").first)
                #expect(record.state == .failed)
                #expect(record.problem?.contains("is 'running' and may be writing") == true)
                #expect(lab.cloud.count("detach") == 0)
            }
        }
    }

    @Test func `a volume is deleted only with its id typed, off, unowned and copied`() async throws
    {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                try await Self.leaveBehind(panel, lab, client)
                #expect(try await Self.operate("delete", api) == .badRequest)
                #expect(try await Self.operate("delete", confirm: "vol-2", api) == .badRequest)
                #expect(try await Self.operate("delete", confirm: "vol-1", api) == .accepted)
                await Self.settle(panel, lab)
                #expect(lab.cloud.count("delete") == 0, "it is attached still")
                #expect(try await Self.operate("detach", api) == .accepted)
                await Self.settle(panel, lab)
                #expect(try await Self.operate("delete", confirm: "vol-1", api) == .accepted)
                #expect(try await Self.operate("snapshot", api) == .conflict)
                await Self.settle(panel, lab)
                #expect(lab.cloud.count("snapshot ") == 1 && lab.cloud.volumes.isEmpty)
                let calls = lab.cloud.calls
                let copied = try #require(calls.firstIndex(of: "snapshot "))
                #expect(copied < calls.firstIndex(of: "delete") ?? 0)
                let record = try await panel.care.care.all(of: "demo").first {
                    $0.kind == .delete && $0.state == .done
                }
                #expect(record?.snapshotID == "snap-1")
            }
        }
    }

    /// The connection is lost before and after each call; the panel is started anew after it.
    @Test func `a deletion that was cut off anywhere makes one copy and ends`() async throws {
        for number in 1...8 {
            for cut in [FakeCloud.Cut.before(number), .after(number)] {
                try await Lab.with { lab in
                    lab.launch(1, role: "slave")
                    try await lab.withPanel { panel, api in
                        try await Self.leaveBehind(panel, lab, lab.client(1, api))
                        lab.cloud.edit { $0.volumes["vol-1"]?.attachments = [] }
                        _ = try await Self.operate("delete", confirm: "vol-1", api)
                        lab.cloud.edit {
                            $0.calls = []
                            $0.cut = cut
                        }
                        _ = await panel.care.round()
                    }
                    for _ in 0..<5 {
                        try await lab.withPanel { panel, _ in _ = await panel.care.round() }
                        lab.time.advance(CareSteps.settleSeconds)
                    }
                    #expect(lab.cloud.volumes.isEmpty, "\(cut)")
                    #expect(lab.cloud.edit { $0.snapshots.count } == 1, "\(cut)")
                }
            }
        }
    }

    @Test func `an orphan that is offered goes to the next node with what is on it`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let made = try await SetAsideTests.attached(panel, client)
                _ = try await client.reportFilesystem(
                    claim: made.id, FilesystemReport(type: "xfs", uuid: "0a1b-2c3d"))
                let offer = #"{"role":"slave","mount":"\#(made.mount)"}"#
                let early = try await Self.call(.post, "volumes/vol-1/offer", api, offer)
                #expect(early.status == .conflict)
                lab.cloud.edit { $0.instances[Lab.node(1).instanceID]?.state = "terminated" }
                await panel.watcher.round()
                let offered = try await Self.call(.post, "volumes/vol-1/offer", api, offer)
                #expect(offered.status == .noContent)
                lab.launch(2, role: "slave")
                let heir = lab.client(2, api)
                let claim = try await heir.claim(ClaimTests.request)
                await ClaimTests.settle(panel)
                // EC2 still has it on the old instance: nothing is attached before it is off.
                #expect(try await heir.claimStatus(claim.id).state == .creating)
                lab.cloud.edit {
                    $0.volumes["vol-1"]?.attachments = []
                    $0.volumes["vol-1"]?.state = "available"
                }
                await ClaimTests.settle(panel)
                let taken = try await heir.claimStatus(claim.id)
                #expect(taken.state == .attached && taken.volumeID == "vol-1")
                #expect(!taken.firstUse && taken.generation == 2)
                #expect(taken.filesystemUUID == "0a1b-2c3d")
                #expect(lab.cloud.volumes.count == 1)
            }
        }
    }

    @Test func `a volume that is about to be deleted is offered to nobody`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                try await Self.leaveBehind(panel, lab, lab.client(1, api))
                lab.cloud.edit { $0.volumes["vol-1"]?.attachments = [] }
                let offer = #"{"role":"slave","mount":"/data"}"#
                let first = try await Self.call(.post, "volumes/vol-1/offer", api, offer)
                #expect(first.status == .noContent)
                let back = try await Self.call(.delete, "volumes/vol-1/offer", api)
                #expect(back.status == .noContent)
                _ = try await Self.call(.post, "volumes/vol-1/offer", api, offer)
                #expect(try await Self.operate("delete", confirm: "vol-1", api) == .accepted)
                #expect(try await panel.care.care.offers(of: "demo").isEmpty)
                let late = try await Self.call(.post, "volumes/vol-1/offer", api, offer)
                #expect(late.status == .conflict)
            }
        }
    }

    @Test func `an instance that EC2 leaves out keeps its volume`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                _ = try await SetAsideTests.attached(panel, lab.client(1, api))
                #expect(try await Self.operate("detach", api) == .accepted)
                lab.cloud.edit { $0.instances = [:] }
                await Self.settle(panel, lab)
                #expect(lab.cloud.count("detach") == 0)
                #expect(try await panel.care.care.working().count == 1)
            }
        }
    }
}
