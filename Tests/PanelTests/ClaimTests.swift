import HummingbirdTesting
import PanelAPI
import PanelClient
import Testing

@testable import Panel

/// Volumes on their way to nodes.
@Suite struct ClaimTests {
    static let request = VolumeClaimRequest(mount: "/data", sizeGiB: 10, type: "gp3")
    static let maximumRounds = 30

    /// Rounds of the worker until nothing is pending.
    static func settle(_ panel: Panel) async {
        for _ in 0..<maximumRounds where await panel.worker.round() > 0 {}
    }

    @Test func `a claim gets a volume of its own, attached and fit to be formatted`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let asked = try await client.claim(Self.request)
                #expect(asked.state == .creating && asked.volumeID == nil)
                async let waited = client.claimStatus(asked.id, waitSeconds: 20)
                await Self.settle(panel)
                let claim = try await waited
                #expect(claim.state == .attached && claim.firstUse)
                #expect(claim.volumeID == "vol-1" && claim.device == "/dev/sdf")
                let volume = try #require(lab.cloud.volumes.first)
                #expect(volume.zone == "eu-central-1a")
                #expect(volume.attachments.map(\.instanceID) == [Lab.node(1).instanceID])
            }
        }
    }

    @Test func `a reboot gets the same volume, which is not on its first use`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let first = try await client.claim(Self.request)
                await Self.settle(panel)
                let report = FilesystemReport(type: "xfs", uuid: "0a1b-2c3d")
                let told = try await client.reportFilesystem(claim: first.id, report)
                #expect(!told.firstUse && told.filesystemUUID == "0a1b-2c3d")
            }
            try await lab.withPanel { panel, api in
                let again = lab.client(1, api, bootID: "boot-2")
                let asked = try await again.claim(Self.request)
                await Self.settle(panel)
                let claim = try await again.claimStatus(asked.id)
                #expect(claim.state == .attached && claim.volumeID == "vol-1")
                #expect(!claim.firstUse && claim.filesystemUUID == "0a1b-2c3d")
            }
            #expect(lab.cloud.count("create") == 1 && lab.cloud.count("attach-") == 0)
            #expect(lab.cloud.volumes.count == 1)
        }
    }

    /// How many calls one claim makes, so that each place between two of them can be tried.
    static let calls = 1...12

    @Test(arguments: calls, [true, false])
    func `a panel that dies between two EC2 calls makes no second volume`(
        call: Int, isAfter: Bool
    ) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            let id = try await lab.withPanel { panel, api in
                let id = try await lab.client(1, api).claim(Self.request).id
                let done = lab.cloud.calls.count
                lab.cloud.edit { $0.cut = isAfter ? .after(done + call) : .before(done + call) }
                for _ in 0..<Self.maximumRounds where lab.cloud.calls.count < done + call {
                    if await panel.worker.round() == 0 { break }
                }
                return id
            }
            try await lab.withPanel { panel, api in
                lab.cloud.edit { $0.cut = nil }
                await Self.settle(panel)
                let claim = try await lab.client(1, api).claimStatus(id)
                #expect(claim.state == .attached && claim.volumeID == "vol-1" && claim.firstUse)
            }
            #expect(lab.cloud.count("create") == (call == 2 && !isAfter ? 2 : 1))
            #expect(lab.cloud.volumes.count == 1)
            #expect(lab.cloud.volumes.first?.attachments.count == 1)
        }
    }

    /// Volumes that must not be formatted, as they are found under the claim's tag.
    struct Used: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout CloudVolume) -> Void
    }

    static let used = [
        Used(testDescription: "made from a snapshot") { $0.snapshotID = "snap-1" },
        Used(testDescription: "older than the claim") { $0.createdAt = 1_700_000_000 },
        Used(testDescription: "of an age that EC2 does not tell") { $0.createdAt = nil },
    ]

    @Test(arguments: used)
    func `a volume with a past is not on its first use`(used: Used) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let id = try await client.claim(Self.request).id
                var volume = CloudVolume(
                    id: "vol-old", state: "available", zone: "eu-central-1a", snapshotID: nil,
                    createdAt: 1_800_000_000, attachments: [])
                used.change(&volume)
                let found = volume
                lab.cloud.edit { cloud in
                    cloud.volumes["vol-old"] = found
                    cloud.tags["vol-old"] = ["howdah:claim": id]
                }
                await Self.settle(panel)
                let claim = try await client.claimStatus(id)
                #expect(claim.state == .attached && claim.volumeID == "vol-old")
                #expect(!claim.firstUse)
            }
            #expect(lab.cloud.count("create") == 0)
        }
    }

    @Test func `another file system than the known one is refused`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let id = try await client.claim(Self.request).id
                await Self.settle(panel)
                let report = FilesystemReport(type: "xfs", uuid: "0a1b-2c3d")
                let told = try await client.reportFilesystem(claim: id, report)
                #expect(try await client.reportFilesystem(claim: id, report) == told)
                let error = await #expect(throws: PanelError.self) {
                    _ = try await client.reportFilesystem(
                        claim: id, FilesystemReport(type: "xfs", uuid: "4e5f-6a7b"))
                }
                guard case .refused(_, 409, let refusal) = error else {
                    Issue.record("expected 409, found \(String(describing: error))")
                    return
                }
                #expect(refusal.error == "other-filesystem")
                #expect(try await client.claimStatus(id).filesystemUUID == "0a1b-2c3d")
            }
        }
    }

    @Test func `a volume once meant for another instance is not on its first use`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let id = try await client.claim(Self.request).id
                _ = try await panel.claims.noteAttachment("vol-1", to: "i-other", now: 1)
                await Self.settle(panel)
                let claim = try await client.claimStatus(id)
                #expect(claim.state == .attached && !claim.firstUse)
            }
        }
    }

    @Test func `two volumes with the claim's tag are an error, not a guess`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let id = try await client.claim(Self.request).id
                lab.cloud.edit { cloud in
                    for name in ["vol-a", "vol-b"] {
                        cloud.volumes[name] = CloudVolume(
                            id: name, state: "available", zone: "eu-central-1a", snapshotID: nil,
                            createdAt: nil, attachments: [])
                        cloud.tags[name] = ["howdah:claim": id]
                    }
                }
                await Self.settle(panel)
                let claim = try await client.claimStatus(id)
                #expect(claim.state == .failed)
                #expect(claim.error?.contains("'vol-a', 'vol-b'") == true)
            }
        }
    }

    @Test func `a volume that hangs on another instance is not taken from it`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let id = try await client.claim(Self.request).id
                lab.cloud.edit { cloud in
                    cloud.volumes["vol-x"] = CloudVolume(
                        id: "vol-x", state: "in-use", zone: "eu-central-1a", snapshotID: nil,
                        createdAt: nil,
                        attachments: [
                            .init(instanceID: "i-old", device: "/dev/sdf", state: "attached")
                        ])
                    cloud.tags["vol-x"] = ["howdah:claim": id]
                }
                await Self.settle(panel)
                let claim = try await client.claimStatus(id)
                #expect(claim.state == .failed && claim.error?.contains("'i-old'") == true)
                #expect(!claim.firstUse && lab.cloud.count("attach") == 0)
            }
        }
    }

    @Test func `what EC2 refuses fails the claim, and asking again tries again`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let id = try await client.claim(Self.request).id
                lab.cloud.edit {
                    $0.refusal = CloudError(isTransient: false, "VolumeLimitExceeded")
                }
                await Self.settle(panel)
                let failed = try await client.claimStatus(id)
                #expect(failed.state == .failed && failed.error == "VolumeLimitExceeded")
                lab.cloud.edit { $0.refusal = nil }
                #expect(try await client.claim(Self.request).id == id)
                await Self.settle(panel)
                #expect(try await client.claimStatus(id).state == .attached)
            }
        }
    }

    @Test func `a claim that EC2 never finishes says what it waited for`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let id = try await client.claim(Self.request).id
                lab.cloud.edit { $0.refusal = CloudError(isTransient: true, "throttled") }
                #expect(await panel.worker.round() == 1)
                #expect(try await client.claimStatus(id).state == .creating)
                lab.time.advance(ClaimSteps.limitSeconds)
                _ = await panel.worker.round()
                let claim = try await client.claimStatus(id)
                #expect(claim.state == .failed && claim.error?.contains("'creating'") == true)
            }
        }
    }

    @Test func `each mount of an instance has a device name of its own`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                var devices: [String] = []
                for mount in ["/a", "/b", "/c"] {
                    let id = try await client.claim(
                        VolumeClaimRequest(mount: mount, sizeGiB: 1, type: "gp3")
                    ).id
                    await Self.settle(panel)
                    devices.append(try await client.claimStatus(id).device ?? "none")
                }
                #expect(devices == ["/dev/sdf", "/dev/sdg", "/dev/sdh"])
            }
        }
    }

    @Test(arguments: [
        VolumeClaimRequest(mount: "data", sizeGiB: 1, type: "gp3"),
        VolumeClaimRequest(mount: "/../etc", sizeGiB: 1, type: "gp3"),
        VolumeClaimRequest(mount: "/data", sizeGiB: 0, type: "gp3"),
        VolumeClaimRequest(mount: "/data", sizeGiB: 1, type: "floppy"),
    ])
    func `a claim that makes no sense is refused`(request: VolumeClaimRequest) async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "slave")
            try await lab.withPanel { _, api in
                let error = await #expect(throws: PanelError.self) {
                    _ = try await lab.client(1, api).claim(request)
                }
                guard case .refused(_, 400, _) = error else {
                    Issue.record("expected 400, found \(String(describing: error))")
                    return
                }
            }
        }
    }
}
