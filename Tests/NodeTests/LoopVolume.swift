import Glibc
import Host
import Testing

/// A root folder with a volume attached to it: an image on a loop device, under the name and serial
/// number that EBS would give it. Needs root and loop devices.
struct LoopVolume: Sendable {
    static let volumeID = "vol-0123456789abcdef0"
    /// Without root there are no loop devices and no mounts.
    static let isPossible = geteuid() == 0 && access("/dev/loop-control", R_OK | W_OK) == 0

    let paths: HostPaths
    let loop: String
    private static let runner = ProcessRunner()

    var mountPath: String { paths.inside("/data") }

    /// Takes the volume apart afterwards, whatever `body` did.
    static func with(_ body: (LoopVolume) async throws -> Void) async throws {
        let root = "/tmp/howdah-node-\(UInt64.random(in: .min ... .max))"
        try Files(root: root).makeDirectory("/")
        let image = root + "/image"
        try await runner.require("truncate", ["-s", "400M", image])
        let loop = try await runner.require("losetup", ["--find", "--show", image])
            .outputText.filter { !$0.isWhitespace }
        let volume = LoopVolume(paths: HostPaths(root: root), loop: loop)
        do {
            try await volume.attach()
            try await body(volume)
        } catch {
            try await volume.remove()
            throw error
        }
        try await volume.remove()
    }

    func mkfs(_ kind: String) async throws {
        try await Self.runner.require("mkfs.\(kind)", ["-q", loop])
    }

    func write(_ text: String, at offset: Int) async throws {
        try await Self.runner.require(
            "dd", ["of=\(loop)", "bs=1", "seek=\(offset)", "conv=notrunc,fsync", "status=none"],
            input: Array(text.utf8))
    }

    func digest() async throws -> String {
        try await Self.runner.require("sha256sum", [loop]).outputText
    }

    func blkid(_ name: String) async throws -> String {
        try await Self.runner.require("blkid", ["-p", "-o", "value", "-s", name, loop])
            .outputText.filter { !$0.isWhitespace }
    }

    /// As a reboot does it.
    func unmount() async throws {
        while try Mounts().entry(at: mountPath) != nil { try Mounts().unmount(mountPath) }
    }

    private func attach() async throws {
        let number = loop.drop { !$0.isNumber }
        try paths.files.makeDirectory("/sys/block/nvme5n1/device")
        try paths.files.write("vol0123456789abcdef0\n", to: "/sys/block/nvme5n1/device/serial")
        try paths.files.makeDirectory("/dev")
        try await Self.runner.require(
            "mknod", [paths.inside("/dev/nvme5n1"), "b", "7", String(number)])
    }

    private func remove() async throws {
        try await unmount()
        try await Self.runner.require("losetup", ["--detach", loop])
        try Files().removeTree(paths.root)
    }
}
