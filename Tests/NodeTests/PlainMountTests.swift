import Cluster
import Host
import PanelAPI
import Support
import Testing

@testable import Node

/// A plain folder in place of a mount, on an image file in place of a device: needs no right.
@Suite(.serialized) struct PlainMountTests {
    static func with(_ body: (HostPaths) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            let paths = HostPaths(root: root)
            try paths.files.makeDirectory("/sys/block/nvme1n1/device")
            try paths.files.write("vol0123456789abcdef0\n", to: "/sys/block/nvme1n1/device/serial")
            try paths.files.makeDirectory("/dev")
            try await Command.run("truncate", ["-s", "400M", paths.inside("/dev/nvme1n1")])
            try await body(paths)
        }
    }

    static func work(_ paths: HostPaths, _ panel: PanelDouble) -> VolumeWork {
        VolumeWork(
            storage: Storage(mount: "/data", size: ByteSize(bytes: 1 << 30), filesystem: .xfs),
            panel: panel,
            tools: VolumeTools(
                paths: paths, hasPlainMounts: true, clock: ContinuousClock(), log: { _ in },
                ec2: noEC2, makeUUID: { VolumeTests.uuid }))
    }

    /// Of the file system on the image, as blkid(8) reads it.
    static func uuid(_ paths: HostPaths) async throws -> String {
        try await Command.run(
            "blkid", ["-p", "-o", "value", "-s", "UUID", paths.inside("/dev/nvme1n1")]
        ).output.filter { !$0.isWhitespace }
    }

    static func again() -> PanelDouble {
        PanelDouble(claims: [VolumeTests.claim(firstUse: false, known: VolumeTests.uuid)])
    }

    @Test func `the file is formatted, a folder stands for the mount, and that is said`()
        async throws
    {
        try await Self.with { paths in
            let panel = PanelDouble(claims: [VolumeTests.claim()])
            let result = try await Self.work(paths, panel).run()
            #expect(result.changed)
            #expect(result.detail.contains("a plain folder stands for the mount: no right to"))
            #expect(await panel.reported.map(\.uuid) == [VolumeTests.uuid])
            #expect(try await Self.uuid(paths) == VolumeTests.uuid)
            #expect(!paths.files.exists("/etc/fstab"))
            try paths.files.write("precious", to: "/data/file")
            #expect(try await Self.work(paths, Self.again()).run().changed == false)
            #expect(try paths.files.text("/data/file") == "precious")
        }
    }

    @Test func `a file that holds data is not formatted here either`() async throws {
        try await Self.with { paths in
            try await Command.run("mkfs.xfs", ["-q", paths.inside("/dev/nvme1n1")])
            let before = try await Self.uuid(paths)
            await #expect(throws: VolumeError.self) {
                try await Self.work(
                    paths,
                    PanelDouble(claims: [
                        VolumeTests.claim(firstUse: false, known: VolumeTests.otherUUID)
                    ])
                ).run()
            }
            #expect(try await Self.uuid(paths) == before)
        }
    }

    @Test func `a folder that is somebody else's, or another volume's, is left alone`()
        async throws
    {
        try await Self.with { paths in
            try paths.files.makeDirectory("/data")
            try paths.files.write("mine", to: "/data/notes")
            let first = PanelDouble(claims: [VolumeTests.claim()])
            await #expect(throws: VolumeError.self) { try await Self.work(paths, first).run() }
            #expect(try paths.files.list("/data") == ["notes"])
            try paths.files.remove("/data/notes")
            try paths.files.write(VolumeTests.otherUUID + "\n", to: "/data/.howdah-volume")
            await #expect(throws: VolumeError.self) {
                try await Self.work(paths, Self.again()).run()
            }
        }
    }

    @Test func `plain folders are for light instances that are told so`() {
        func light(_ environment: [String: String]) -> LiveWorld.Light {
            LiveWorld.Light(environment)
        }
        let plain = ["HOWDAH_PLAIN_MOUNTS": "1", "HOWDAH_FIRST_PROCESS": "77"]
        #expect(!light(plain).hasPlainMounts)
        #expect(light(plain).firstProcess == 1)
        #expect(!light(["HOWDAH_LIGHT": "1"]).hasPlainMounts)
        let both = light(plain.merging(["HOWDAH_LIGHT": "1"]) { $1 })
        #expect(both.hasPlainMounts && both.firstProcess == 77)
    }
}
