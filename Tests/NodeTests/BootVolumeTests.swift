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
            try await BootLab.with(root: volume.paths.root, storage: true) { lab in
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
}
