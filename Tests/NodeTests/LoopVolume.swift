import Glibc
import Host
import Testing

/// A root folder with a volume attached to it: an image on a loop device, under the name and serial
/// number that EBS would give it. Needs root and loop devices.
struct LoopVolume: Sendable {
    static let volumeID = "vol-0123456789abcdef0"
    /// Without root there are no loop devices and no mounts.
    static let isPossible = geteuid() == 0 && access("/dev/loop-control", R_OK | W_OK) == 0

    /// What is attached, and how.
    struct Form: Sendable {
        var bytes = 400 << 20
        var isReadOnly = false
        var volumeID = LoopVolume.volumeID
        var name = "nvme5n1"
        /// NVMe's model, where it is to be told.
        var model: String?
        var mount = "/data"
        /// Writes to the image before it is attached.
        var prepare: @Sendable (DeviceImage) async throws -> Void = { _ in }
    }

    let paths: HostPaths
    let loop: String
    let form: Form
    private static let runner = ProcessRunner()

    var device: String { paths.inside("/dev/\(form.name)") }
    var mountPath: String { paths.inside(form.mount) }
    var image: DeviceImage { DeviceImage(path: "\(paths.root)/\(form.name).image") }

    /// Takes the volume apart afterwards, whatever `body` did.
    static func with(
        _ form: Form = Form(), _ body: (LoopVolume) async throws -> Void
    ) async throws {
        let root = "/tmp/howdah-node-\(UInt64.random(in: .min ... .max))"
        let files = Files(root: root)
        try files.makeDirectory("/")
        do {
            try await with(form, in: HostPaths(root: root), body)
        } catch {
            try? clear(root)
            throw error
        }
        try clear(root)
    }

    /// Never through a mount that could not be taken down.
    private static func clear(_ root: String) throws {
        let left = try Mounts().entries().first { $0.mountPoint.hasPrefix(root + "/") }
        if let left { throw FileError("remove", left.mountPoint, reason: "it is still mounted") }
        try Files().removeTree(root)
    }

    /// One more volume for a root folder that is there.
    static func with(
        _ form: Form, in paths: HostPaths, _ body: (LoopVolume) async throws -> Void
    ) async throws {
        let image = DeviceImage(path: "\(paths.root)/\(form.name).image")
        try image.resize(form.bytes)
        try await form.prepare(image)
        let loop = try await runner.require(
            "losetup",
            ["--find", "--show"] + (form.isReadOnly ? ["--read-only"] : []) + [image.path]
        ).outputText.filter { !$0.isWhitespace }
        let volume = LoopVolume(paths: paths, loop: loop, form: form)
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

    /// Of what has come to the image.
    func imageDigest() async throws -> String {
        try await Self.runner.require("blockdev", ["--flushbufs", loop])
        return try await Self.runner.require("sha256sum", [image.path]).outputText
    }

    func blkid(_ name: String) async throws -> String {
        try await Self.runner.require("blkid", ["-p", "-o", "value", "-s", name, loop])
            .outputText.filter { !$0.isWhitespace }
    }

    /// As a reboot does it. A child that another test has forked has a copy of each open file until
    /// it comes to its program: busy for that long is not busy.
    func unmount() async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try Mounts().entry(at: mountPath) != nil {
            do { try Mounts().unmount(mountPath) } catch {
                guard error.code == EBUSY, ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// As a volume that is modified at EC2.
    func resize(to bytes: Int) async throws {
        try image.resize(bytes)
        try await Self.runner.require("losetup", ["--set-capacity", loop])
    }

    private func attach() async throws {
        let number = loop.drop { !$0.isNumber }
        let folder = "/sys/block/\(form.name)/device"
        try paths.files.makeDirectory(folder)
        let serial = form.volumeID.filter { $0 != "-" }
        try paths.files.write("\(serial)\n", to: "\(folder)/serial")
        if let model = form.model { try paths.files.write("\(model)\n", to: "\(folder)/model") }
        try paths.files.makeDirectory("/dev")
        try await Self.runner.require("mknod", [device, "b", "7", String(number)])
    }

    private func remove() async throws {
        try await unmount()
        try await Self.runner.require("losetup", ["--detach", loop])
        for path in [image.path, device] { try Files().remove(path) }
    }
}
