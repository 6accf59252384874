import AWS
import Host
import PanelAPI
import Support
import Testing

@testable import Node

@Suite struct InstanceStoreAssignmentTests {
    static let disks = [
        InstanceStoreDisk(path: "/dev/nvme1n1", id: "AWS1"),
        InstanceStoreDisk(path: "/dev/nvme2n1", id: "AWS2"),
    ]

    static func record(_ disk: String, _ started: String? = "monday") -> InstanceStoreRecord {
        InstanceStoreRecord(disk: disk, started: started, type: "xfs", uuid: "u", isMade: true)
    }

    static func assigned(
        _ records: [String: InstanceStoreRecord], _ started: String? = "monday"
    ) -> [String: String] {
        InstanceStoreWork.assign(["/a", "/b"], disks, records, started).mapValues(\.id)
    }

    @Test func `each mount has a disk of its own, and keeps it`() {
        let fresh = ["/a": "AWS1", "/b": "AWS2"]
        #expect(Self.assigned([:]) == fresh)
        #expect(Self.assigned(["/a": Self.record("AWS1")]) == fresh)
        #expect(Self.assigned(["/b": Self.record("AWS1")]) == ["/a": "AWS2", "/b": "AWS1"])
        #expect(Self.assigned(["/b": Self.record("AWS1")], "tuesday") == fresh)
        #expect(Self.assigned(["/b": Self.record("AWS1", nil)]) == ["/a": "AWS2", "/b": "AWS1"])
    }

    @Test func `when the instance was started stands in its identity document`() {
        let document = #"{"pendingTime": "2026-11-21T22:51:34Z", "region": "eu-west-1"}"#
        #expect(InstanceStoreWork.started(Array(document.utf8)) == "2026-11-21T22:51:34Z")
        #expect(InstanceStoreWork.started(nil) == nil)
        #expect(InstanceStoreWork.started(Array("nonsense".utf8)) == nil)
    }
}

/// On loop devices: skipped without root, since nothing else can mount.
@Suite(.serialized, .enabled(if: LoopVolume.isPossible, "needs root and loop devices"))
struct InstanceStoreTests {
    static let form = LoopVolume.Form(
        volumeID: "AWS1234567890ABCDEF", name: "nvme1n1", model: "Amazon EC2 NVMe Instance Storage",
        mount: "/scratch")

    static func facts(_ started: String, instance: String = "i-0slave1") -> InstanceFacts {
        var facts = BootLab.facts(instance)
        facts.identityDocument = Array(#"{"pendingTime": "\#(started)"}"#.utf8)
        return facts
    }

    /// A root disk that lasts while the others come and go.
    static func with(_ body: (BootLab) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            try await BootLab.with(
                root: root, storage: ["{mount: /scratch, size: 300 MiB, type: instance-store}"],
                body)
        }
    }

    @Test func `it is made at each start of the instance, and kept over a reboot`() async throws {
        try await Self.with { lab in
            let scratch = lab.paths.files
            try await LoopVolume.with(Self.form, in: lab.paths) { disk in
                try await expectDone(lab.world(facts: Self.facts("monday")))
                try scratch.write("of monday", to: "/scratch/file")
                try await disk.unmount()
                try await expectDone(lab.world(facts: Self.facts("monday")))
                #expect(try scratch.text("/scratch/file") == "of monday")
                try await expectDone(lab.world(facts: Self.facts("monday")))
                #expect(try scratch.textIfPresent("/etc/fstab") == nil)
            }
            // Stopped and started: a blank disk, by chance in the same place.
            try await LoopVolume.with(Self.form, in: lab.paths) { _ in
                try await expectDone(lab.world(facts: Self.facts("tuesday")))
                #expect(!scratch.exists("/scratch/file"))
            }
            // Blank once more, though it was not: nobody knows what became of it.
            try await LoopVolume.with(Self.form, in: lab.paths) { disk in
                let before = try await disk.imageDigest()
                try scratch.remove("/srv/marked")
                let world = lab.world(facts: Self.facts("tuesday"))
                let state = try await expectFailure(world, "volume /scratch")
                #expect(state.failed[0].detail.contains("was made on it since the instance was"))
                #expect(try await disk.imageDigest() == before)
            }
        }
    }

    @Test(arguments: ["ext4", "data", "xfs of another instance"])
    func `what this instance did not make there is left alone`(what: String) async throws {
        try await Self.with { lab in
            try await LoopVolume.with(Self.form, in: lab.paths) { disk in
                var instance = "i-0slave1"
                switch what {
                case "ext4": try await disk.mkfs("ext4")
                case "data": try await disk.write("somebody's", at: 123_456)
                default:
                    try await expectDone(lab.world(facts: Self.facts("monday")))
                    try await disk.unmount()
                    try lab.paths.files.remove("/srv/marked")
                    instance = "i-0slave2"
                }
                let before = try await disk.imageDigest()
                let world = lab.world(facts: Self.facts("monday", instance: instance))
                let state = try await expectFailure(world, "volume /scratch")
                let detail = state.failed[0].detail
                #expect(detail.hasPrefix("volume 'instance store AWS1234567890ABCDEF' (device"))
                #expect(detail.contains("never formatted") && detail.contains("stop and start"))
                #expect(try await disk.imageDigest() == before)
            }
        }
    }
}
