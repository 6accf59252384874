import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// On a real loop device: skipped without root, since nothing else can mount.
@Suite(.serialized, .enabled(if: LoopVolume.isPossible, "needs root and loop devices"))
struct BootVolumeTests {
    @Test func `a disk with data on it ends the boot as it was, and a blank one goes on`()
        async throws
    {
        try await LoopVolume.with { volume in
            try await BootLab.with(
                root: volume.paths.root, storage: ["{mount: /data, size: 1 GiB}"]
            ) { lab in
                try await volume.write("somebody's", at: 123_456)
                let before = try await volume.digest()
                let panel = BootLab.panel(claims: [VolumeTests.claim()])
                let state = try await expectFailure(lab.world(panel: panel), "volume /data")
                let detail = state.failed[0].detail
                let device = volume.paths.inside("/dev/nvme5n1")
                #expect(
                    detail.hasPrefix("volume '\(LoopVolume.volumeID)' (device '\(device)') holds"))
                #expect(detail.contains("byte 123456") && detail.contains("it is never formatted"))
                #expect(detail.hasSuffix("which gets a new volume"))
                #expect(try await volume.digest() == before)
                #expect(await panel.reported.isEmpty)
                #expect(await panel.boots.map(\.outcome) == [.failed])

                try await volume.write(String(repeating: "\0", count: 10), at: 123_456)
                try await expectDone(lab.world(panel: panel))
                #expect(try Mounts().entry(at: volume.mountPath)?.type == "xfs")
                #expect(await panel.boots.map(\.outcome) == [.failed, .done])
            }
        }
    }

    static let second = LoopVolume.Form(
        volumeID: "vol-0fedcba9876543210", name: "nvme6n1", mount: "/logs")

    /// Its own claim for each mount.
    static func claim(_ form: LoopVolume.Form, known: String? = nil) -> VolumeClaim {
        VolumeClaim(
            id: "claim-\(form.name)", mount: form.mount, state: .attached,
            volumeID: form.volumeID, device: "/dev/sdf", generation: 1, firstUse: known == nil,
            filesystemUUID: known, error: nil)
    }

    static let storage = [
        "{mount: /data, size: 1 GiB}", "{mount: /logs, size: 1 GiB, filesystem: ext4}",
    ]

    @Test func `two volumes, xfs beside ext4, each at its mount, and again after a restart`()
        async throws
    {
        try await LoopVolume.with { data in
            try await LoopVolume.with(Self.second, in: data.paths) { logs in
                try await BootLab.with(root: data.paths.root, storage: Self.storage) { lab in
                    let first = BootLab.panel(mounts: [
                        "/data": Self.claim(data.form), "/logs": Self.claim(logs.form),
                    ])
                    try await expectDone(lab.world(panel: first))
                    #expect(Set(await first.reported.map(\.type)) == ["xfs", "ext4"])
                    let fstab = try data.paths.files.text("/etc/fstab")
                    for (volume, type) in [(data, "xfs"), (logs, "ext4")] {
                        let uuid = try await volume.blkid("UUID")
                        let entry = try #require(try Mounts().entry(at: volume.mountPath))
                        #expect(entry.type == type)
                        #expect(entry.device == (try Mounts.number(of: volume.loop)))
                        #expect(fstab.contains("UUID=\(uuid) \(volume.form.mount) \(type) "))
                        try data.paths.files.write(type, to: volume.form.mount + "/mine")
                    }
                    let later = BootLab.panel(mounts: [
                        "/data": Self.claim(data.form, known: try await data.blkid("UUID")),
                        "/logs": Self.claim(logs.form, known: try await logs.blkid("UUID")),
                    ])
                    for volume in [data, logs] { try await volume.unmount() }
                    try await expectDone(lab.world(panel: later))
                    #expect(await later.intents.isEmpty)
                    #expect(try data.paths.files.text("/data/mine") == "xfs")
                    #expect(try data.paths.files.text("/logs/mine") == "ext4")
                }
            }
        }
    }

    @Test func `one volume with data on it leaves the other one mounted, and the boot has failed`()
        async throws
    {
        try await LoopVolume.with { data in
            var form = Self.second
            form.prepare = { try $0.put("somebody's", at: 123_456) }
            try await LoopVolume.with(form, in: data.paths) { logs in
                try await BootLab.with(root: data.paths.root, storage: Self.storage) { lab in
                    let panel = BootLab.panel(mounts: [
                        "/data": Self.claim(data.form), "/logs": Self.claim(logs.form),
                    ])
                    let before = try await logs.imageDigest()
                    let state = try await expectFailure(lab.world(panel: panel), "volume /logs")
                    #expect(state.failed.count == 1)
                    #expect(state.failed[0].detail.contains("'vol-0fedcba9876543210'"))
                    #expect(try Mounts().entry(at: data.mountPath)?.type == "xfs")
                    #expect(try Mounts().entry(at: logs.mountPath) == nil)
                    #expect(try await logs.imageDigest() == before)
                }
            }
        }
    }
}
