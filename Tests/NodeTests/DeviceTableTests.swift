import FoundationEssentials
import Host
import PanelAPI
import Testing

@testable import Node

/// Every device that a node may come upon, on loop devices: only what is proven blank is formatted,
/// all else stays as it is, byte for byte. Skipped without root, since nothing else can mount.
///
/// A device-mapper target that fails is not used: containers and many kernels have none.
@Suite(.serialized, .enabled(if: LoopVolume.isPossible, "needs root and loop devices"))
struct DeviceTableTests {
    @Test(arguments: DeviceCase.all)
    func `of all devices, only the proven blank are formatted, and it is said why not`(
        device: DeviceCase
    ) async throws {
        var form = device.form
        form.bytes = device.bytes
        try await LoopVolume.with(form) { volume in
            let firstData = try await volume.image.firstData()
            try await device.spoil(volume)
            let before = try await volume.imageDigest()
            let panel = PanelDouble(claims: [device.claim])
            let uuid = UUID().uuidString.lowercased()
            let work = VolumeTests.work(
                volume, panel, device.wanted, uuid: uuid, deviceDeadline: .zero)
            switch device.verdict {
            case .formatted:
                #expect(try await work.run().detail.contains("was blank ("))
                #expect(await panel.intents.count == 1)
                #expect(try await volume.blkid("UUID") == uuid)
            case .mounted:
                #expect(try await work.run().detail.contains(" holds "))
                #expect(await panel.intents.isEmpty)
                #expect(try Mounts().entry(at: volume.mountPath) != nil)
            case .refused(let words):
                try await expect(words, work, volume)
            case .data:
                let place = try #require(firstData)
                try await expect(
                    "holds data without a signature, first at byte \(place); \(DeviceCase.kept)",
                    work, volume)
            case .lost(let words):
                let error = try await refusal(work)
                #expect(error == words.replacing("FOLDER", with: volume.paths.dev))
            }
            guard case .formatted = device.verdict else {
                #expect(await panel.intents.isEmpty)
                if case .mounted = device.verdict { return }
                #expect(try Mounts().entry(at: volume.mountPath) == nil)
                #expect(try await volume.imageDigest() == before)
                return
            }
        }
    }

    private func expect(
        _ words: String, _ work: VolumeWork, _ volume: LoopVolume
    ) async throws {
        let name = "volume '\(LoopVolume.volumeID)' (device '\(volume.device)') "
        let said = try await refusal(work)
        #expect(said == name + words.replacing("DEVICE", with: volume.device))
    }

    private func refusal(_ work: VolumeWork) async throws -> String {
        do {
            let result = try await work.run()
            Issue.record("not refused: \(result.detail)")
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `the table has what it is to have`() {
        let names = DeviceCase.all.map(\.name)
        #expect(names.count >= 30)
        #expect(Set(names).count == names.count)
        let formatted = DeviceCase.all.filter {
            if case .formatted = $0.verdict { true } else { false }
        }
        #expect(formatted.allSatisfy { $0.name.hasPrefix("blank, for") })
    }
}
