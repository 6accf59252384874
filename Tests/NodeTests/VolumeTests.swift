import Cluster
import FoundationEssentials
import Host
import PanelAPI
import Testing

@testable import Node

/// On real loop devices: skipped without root, since nothing else can mount.
@Suite(.serialized, .enabled(if: LoopVolume.isPossible, "needs root and loop devices"))
struct VolumeTests {
    /// Of this run alone: the kernel mounts no two xfs with one UUID, whoever made the other.
    static let uuid = UUID().uuidString.lowercased()
    static let otherUUID = "ffffffff-1111-4222-8333-444455556666"

    static func claim(
        _ state: VolumeClaim.State = .attached, firstUse: Bool = true, known: String? = nil
    ) -> VolumeClaim {
        VolumeClaim(
            id: "claim-1", mount: "/data", state: state,
            volumeID: state == .creating ? nil : LoopVolume.volumeID, device: "/dev/sdf",
            generation: 1, firstUse: firstUse, filesystemUUID: known,
            error: state == .failed ? "no more volumes" : nil)
    }

    static func work(
        _ volume: LoopVolume, _ panel: PanelDouble, _ kind: Storage.Filesystem = .xfs,
        uuid: String = uuid, deviceDeadline: Duration = VolumeTools.deviceDeadline
    ) -> VolumeWork {
        VolumeWork(
            storage: Storage(
                mount: "/data", size: ByteSize(bytes: 1 << 30), filesystem: kind),
            panel: panel,
            tools: VolumeTools(
                paths: volume.paths, deviceDeadline: deviceDeadline, clock: ContinuousClock(),
                log: { _ in }, ec2: noEC2, makeUUID: { uuid }))
    }

    @Test(arguments: Storage.Filesystem.allCases)
    func `a blank volume on its first use is formatted, reported and mounted`(
        kind: Storage.Filesystem
    ) async throws {
        try await LoopVolume.with { volume in
            let panel = PanelDouble(claims: [
                Self.claim(.creating), Self.claim(.attaching), Self.claim(),
            ])
            let result = try await Self.work(volume, panel, kind).run()
            #expect(result.changed)
            let report = FilesystemReport(type: kind.rawValue, uuid: Self.uuid)
            #expect(await panel.reported == [report])
            #expect(try await volume.blkid("UUID") == Self.uuid)
            #expect(try Mounts().entry(at: volume.mountPath)?.type == kind.rawValue)
            let fstab = try volume.paths.files.text("/etc/fstab")
            #expect(fstab.contains("UUID=\(Self.uuid) /data \(kind.rawValue) "))
            #expect(fstab.contains("nofail,x-systemd.before=howdah-boot.service,"))
        }
    }

    @Test func `a second run, and one after a reboot, format nothing and keep the data`()
        async throws
    {
        try await LoopVolume.with { volume in
            let first = PanelDouble(claims: [Self.claim()])
            _ = try await Self.work(volume, first).run()
            try volume.paths.files.write("precious", to: "/data/file")
            let later = PanelDouble(claims: [Self.claim(firstUse: false, known: Self.uuid)])
            let again = Self.work(volume, later, uuid: Self.otherUUID)
            #expect(try await again.run().changed == false)
            try await volume.unmount()
            #expect(try await again.run().changed)
            #expect(try volume.paths.files.text("/data/file") == "precious")
            #expect(await later.reported.isEmpty)
            #expect(try await volume.blkid("UUID") == Self.uuid)
        }
    }

    @Test func `a power cut between mkfs and the report: the next boot mounts and reports`()
        async throws
    {
        try await LoopVolume.with { volume in
            let cut = PanelDouble(claims: [Self.claim()], takesFilesystem: false)
            await #expect(throws: PanelDouble.Unexpected.self) {
                try await Self.work(volume, cut).run()
            }
            // The panel still believes that this is the first use.
            let panel = PanelDouble(claims: [Self.claim()])
            _ = try await Self.work(volume, panel, uuid: Self.otherUUID).run()
            #expect(
                await panel.reported == [FilesystemReport(type: "xfs", uuid: Self.uuid)])
            #expect(try Mounts().entry(at: volume.mountPath)?.type == "xfs")
            #expect(try await volume.blkid("UUID") == Self.uuid)
        }
    }

    @Test(arguments: ["xfs", "ext4"])
    func `a file system that the panel does not know is mounted, never formatted`(
        kind: String
    ) async throws {
        try await LoopVolume.with { volume in
            try await volume.mkfs(kind)
            let uuid = try await volume.blkid("UUID")
            let panel = PanelDouble(claims: [Self.claim()])
            _ = try await Self.work(volume, panel).run()
            #expect(await panel.reported == [FilesystemReport(type: kind, uuid: uuid)])
            #expect(try Mounts().entry(at: volume.mountPath)?.type == kind)
        }
    }

    @Test func `data without a file system is an error that says where, and stays as it is`()
        async throws
    {
        try await LoopVolume.with { volume in
            try await volume.write("somebody's", at: 123_456)
            let before = try await volume.digest()
            let panel = PanelDouble(claims: [Self.claim()])
            let error = await #expect(throws: VolumeError.self) {
                try await Self.work(volume, panel).run()
            }
            let words = error?.description ?? ""
            #expect(words.contains(LoopVolume.volumeID))
            #expect(words.contains(volume.paths.inside("/dev/nvme5n1")))
            #expect(words.contains("byte 123456"))
            #expect(words.contains("never formatted"))
            #expect(try await volume.digest() == before)
            #expect(try Mounts().entry(at: volume.mountPath) == nil)
        }
    }

    @Test(arguments: [
        claim(firstUse: false), claim(firstUse: true, known: otherUUID),
        claim(firstUse: false, known: otherUUID),
    ])
    func `a blank volume that is not on its first use is not formatted`(
        claim: VolumeClaim
    ) async throws {
        try await LoopVolume.with { volume in
            let before = try await volume.digest()
            let error = await #expect(throws: VolumeError.self) {
                try await Self.work(volume, PanelDouble(claims: [claim])).run()
            }
            #expect(error?.description.contains("first use") == true)
            #expect(try await volume.digest() == before)
        }
    }

    @Test func `another file system than the panel knows is refused with both ids`() async throws {
        try await LoopVolume.with { volume in
            try await volume.mkfs("xfs")
            let uuid = try await volume.blkid("UUID")
            let panel = PanelDouble(claims: [Self.claim(firstUse: false, known: Self.otherUUID)])
            let error = await #expect(throws: VolumeError.self) {
                try await Self.work(volume, panel).run()
            }
            #expect(error?.description.contains(uuid) == true)
            #expect(error?.description.contains(Self.otherUUID) == true)
        }
    }

    @Test func `files below an unmounted mount point stop the boot`() async throws {
        try await LoopVolume.with { volume in
            try volume.paths.files.makeDirectory("/data")
            try volume.paths.files.write("x", to: "/data/stray")
            let error = await #expect(throws: VolumeError.self) {
                try await Self.work(volume, PanelDouble(claims: [Self.claim()])).run()
            }
            #expect(error?.description.contains("'stray'") == true)
            #expect(try volume.paths.files.text("/data/stray") == "x")
        }
    }

    @Test func `a foreign line in fstab stops each run, and ours is written once it is gone`()
        async throws
    {
        try await LoopVolume.with { volume in
            let files = volume.paths.files
            try files.makeDirectory("/etc")
            try files.write("LABEL=other /data ext4 defaults 0 2\n", to: "/etc/fstab")
            let panel = PanelDouble(claims: [Self.claim()])
            for _ in 1...2 {
                await #expect(throws: VolumeError.self) {
                    try await Self.work(volume, panel).run()
                }
                #expect(try Mounts().entry(at: volume.mountPath) == nil)
            }
            try files.write("", to: "/etc/fstab")
            _ = try await Self.work(volume, panel).run()
            #expect(try files.text("/etc/fstab").contains("UUID=\(Self.uuid) /data xfs"))
            // As a power cut between the line and the mount, or the other way round, leaves it.
            try files.write("", to: "/etc/fstab")
            #expect(try await Self.work(volume, panel).run().changed)
            #expect(try files.text("/etc/fstab").contains("UUID=\(Self.uuid) /data xfs"))
        }
    }

    @Test func `a claim that failed is an error with the panel's words`() async throws {
        try await LoopVolume.with { volume in
            let error = await #expect(throws: VolumeError.self) {
                try await Self.work(volume, PanelDouble(claims: [Self.claim(.failed)])).run()
            }
            #expect(error?.description.contains("no more volumes") == true)
        }
    }
}

/// The kernel mounts no two xfs with one UUID, and tests run side by side.
func freshUUID() -> String { UUID().uuidString.lowercased() }
