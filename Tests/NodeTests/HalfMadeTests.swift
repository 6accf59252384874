import Cluster
import FoundationEssentials
import Host
import PanelAPI
import Testing

@testable import Node

/// What a power cut in the middle of mkfs leaves, on real loop devices.
@Suite(.serialized, .enabled(if: LoopVolume.isPossible, "needs root and loop devices"))
struct HalfMadeTests {
    static let uuid = UUID().uuidString.lowercased()

    static func claim(begun: Bool, known: String? = nil) -> VolumeClaim {
        VolumeClaim(
            id: "claim-1", mount: "/data", state: .attached, volumeID: LoopVolume.volumeID,
            device: "/dev/sdf", generation: 1, firstUse: known == nil, filesystemUUID: known,
            format: begun
                ? FormatIntent(volumeID: LoopVolume.volumeID, type: "xfs", uuid: uuid) : nil,
            error: nil)
    }

    /// The panel has no other volume to give: so the run ends with what it says of that.
    static let failed = VolumeClaim(
        id: "claim-1", mount: "/data", state: .failed, volumeID: nil, device: nil,
        generation: 2, firstUse: true, filesystemUUID: nil, error: "no more volumes")

    /// An xfs whose mkfs did not come to its last write.
    static func cutXFS(_ volume: LoopVolume) async throws {
        try await ProcessRunner().require(
            "mkfs.xfs", ["-q", "-m", "uuid=\(uuid)", volume.loop])
        try await volume.write("\u{1}", at: 126)
    }

    @Test(arguments: [true, false])
    func `what our own mkfs left is set aside, untouched`(hasSuperblock: Bool) async throws {
        try await LoopVolume.with { volume in
            if hasSuperblock {
                try await Self.cutXFS(volume)
            } else {
                try await volume.write("XAGF", at: 512)
            }
            let before = try await volume.digest()
            let panel = PanelDouble(claims: [Self.claim(begun: true), Self.failed])
            let error = await #expect(throws: VolumeError.self) {
                try await VolumeTests.work(volume, panel, uuid: Self.uuid).run()
            }
            #expect(error?.description.contains("no more volumes") == true)
            #expect(await panel.setAside.map(\.volumeID) == [LoopVolume.volumeID])
            #expect(await panel.intents.isEmpty)
            #expect(await panel.reported.isEmpty)
            #expect(try await volume.digest() == before)
        }
    }

    @Test func `without our intent, or with a file system that was told, nothing is set aside`()
        async throws
    {
        try await LoopVolume.with { volume in
            try await volume.write("XAGF", at: 512)
            let before = try await volume.digest()
            for claim in [Self.claim(begun: false), Self.claim(begun: true, known: Self.uuid)] {
                let panel = PanelDouble(claims: [claim])
                let error = await #expect(throws: VolumeError.self) {
                    try await VolumeTests.work(volume, panel).run()
                }
                #expect(error?.description.contains("never formatted") == true)
                #expect(await panel.setAside.isEmpty)
            }
            #expect(try await volume.digest() == before)
        }
    }

    @Test func `the intent is told before mkfs begins, and a finished one is mounted`()
        async throws
    {
        try await LoopVolume.with { volume in
            let first = PanelDouble(claims: [Self.claim(begun: false)])
            _ = try await VolumeTests.work(volume, first, uuid: Self.uuid).run()
            #expect(
                await first.intents == [
                    FormatIntent(volumeID: LoopVolume.volumeID, type: "xfs", uuid: Self.uuid)
                ])
            try await volume.unmount()
            // The power went before the report.
            let again = PanelDouble(claims: [Self.claim(begun: true)])
            _ = try await VolumeTests.work(volume, again).run()
            #expect(await again.setAside.isEmpty)
            #expect(await again.reported == [FilesystemReport(type: "xfs", uuid: Self.uuid)])
        }
    }

    /// The offset is xfs_format.h's; mkfs.xfs and xfs_db are the oracle for it.
    @Test func `an xfs in the making is known by its superblock`() async throws {
        try await LoopVolume.with { volume in
            try await volume.mkfs("xfs")
            #expect(try DeviceProbe.isBeingMade(volume.loop) == false)
            try await volume.write("\u{1}", at: 126)
            #expect(try DeviceProbe.isBeingMade(volume.loop))
            let seen = try await ProcessRunner().run(
                "xfs_db", ["-r", "-f", "-c", "sb 0", "-c", "print inprogress", volume.loop])
            #expect(seen.outputText.contains("inprogress = 1"))
        }
    }
}
