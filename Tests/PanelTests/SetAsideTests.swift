import HummingbirdTesting
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// Volumes on which making a file system was cut off.
@Suite struct SetAsideTests {
    static let intent = FormatIntent(volumeID: "vol-1", type: "xfs", uuid: "0a1b-2c3d")
    static let request = SetAsideRequest(volumeID: "vol-1", found: "half of an xfs")

    /// A claim whose volume is attached.
    static func attached(_ panel: Panel, _ client: PanelClient) async throws -> VolumeClaim {
        let id = try await client.claim(ClaimTests.request).id
        await ClaimTests.settle(panel)
        return try await client.claimStatus(id)
    }

    @Test func `a half-made volume is kept, and the claim gets a new one`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let first = try await Self.attached(panel, client)
                let begun = try await client.beginFormat(claim: first.id, Self.intent)
                #expect(begun.format == Self.intent && begun.firstUse)
                let aside = try await client.setAside(claim: first.id, Self.request)
                #expect(aside.state == .creating && aside.volumeID == nil && aside.format == nil)
                await ClaimTests.settle(panel)
                let claim = try await client.claimStatus(first.id)
                #expect(claim.state == .attached && claim.volumeID == "vol-2" && claim.firstUse)
                #expect(claim.format == nil && claim.generation == 2)
                // Its answer was lost: asked once more, nothing changes.
                #expect(try await client.setAside(claim: first.id, Self.request) == claim)
            }
            let old = try #require(lab.cloud.volumes.first { $0.id == "vol-1" })
            #expect(old.attachments.isEmpty && old.state == "available")
            let tags = lab.cloud.edit { $0.tags["vol-1"] ?? [:] }
            #expect(tags["howdah:set-aside"] == "half of an xfs")
            #expect(lab.cloud.volumes.count == 2)
        }
    }

    @Test func `no volume is set aside without an intent, or after its file system was told`()
        async throws
    {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let claim = try await Self.attached(panel, client)
                await #expect(throws: PanelError.self) {
                    try await client.setAside(claim: claim.id, Self.request)
                }
                _ = try await client.beginFormat(claim: claim.id, Self.intent)
                let made = FilesystemReport(type: "xfs", uuid: Self.intent.uuid)
                _ = try await client.reportFilesystem(claim: claim.id, made)
                await #expect(throws: PanelError.self) {
                    try await client.setAside(claim: claim.id, Self.request)
                }
                await #expect(throws: PanelError.self) {
                    try await client.beginFormat(claim: claim.id, Self.intent)
                }
                let after = try await client.claimStatus(claim.id)
                #expect(after.state == .attached && after.volumeID == "vol-1")
            }
            #expect(lab.cloud.volumes.count == 1 && lab.cloud.count("detach") == 0)
        }
    }

    @Test func `only the claim's own node may set its volume aside, and only so often`()
        async throws
    {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            lab.launch(2, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                var claim = try await Self.attached(panel, client)
                let other = lab.client(2, api)
                await #expect(throws: PanelError.self) {
                    try await other.beginFormat(claim: claim.id, Self.intent)
                }
                for number in 1...4 {
                    let volume = "vol-\(number)"
                    let intent = FormatIntent(volumeID: volume, type: "xfs", uuid: "u-\(number)")
                    _ = try await client.beginFormat(claim: claim.id, intent)
                    let request = SetAsideRequest(volumeID: volume, found: "half")
                    await #expect(throws: PanelError.self) {
                        try await other.setAside(claim: claim.id, request)
                    }
                    guard number < 4 else {
                        let error = await #expect(throws: PanelError.self) {
                            try await client.setAside(claim: claim.id, request)
                        }
                        #expect("\(error as Any)".contains("3 volumes"))
                        break
                    }
                    _ = try await client.setAside(claim: claim.id, request)
                    await ClaimTests.settle(panel)
                    claim = try await client.claimStatus(claim.id)
                    #expect(claim.volumeID == "vol-\(number + 1)")
                }
            }
        }
    }

    @Test(arguments: 1...12, [true, false])
    func `a panel that dies while it replaces a volume makes one new one`(
        call: Int, isAfter: Bool
    ) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            let id = try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let id = try await Self.attached(panel, client).id
                _ = try await client.beginFormat(claim: id, Self.intent)
                _ = try await client.setAside(claim: id, Self.request)
                let done = lab.cloud.calls.count
                lab.cloud.edit { $0.cut = isAfter ? .after(done + call) : .before(done + call) }
                for _ in 0..<ClaimTests.maximumRounds where lab.cloud.calls.count < done + call {
                    if await panel.worker.round() == 0 { break }
                }
                return id
            }
            try await lab.withPanel { panel, api in
                lab.cloud.edit { $0.cut = nil }
                await ClaimTests.settle(panel)
                let claim = try await lab.client(1, api).claimStatus(id)
                #expect(claim.state == .attached && claim.volumeID == "vol-2" && claim.firstUse)
            }
            #expect(lab.cloud.volumes.count == 2)
            #expect(lab.cloud.volumes.first { $0.id == "vol-1" }?.attachments.isEmpty == true)
        }
    }
}
