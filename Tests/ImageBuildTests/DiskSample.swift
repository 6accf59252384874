import FoundationEssentials
import Glibc
import Support

@testable import ImageBuild

/// A small root tree with what a disk has to carry over: links, modes, odd names, a hole.
struct DiskSample {
    static let version = "6.1.0-1-cloud-amd64"
    /// 2026-01-01.
    static let epoch: Int64 = 1_767_225_600

    let root: String

    static func make(in folder: String, kernel: Bool = true) throws -> DiskSample {
        let sample = DiskSample(root: folder)
        for path in ["etc", "usr/bin", "boot", "var/empty", "tmp", "opt/with blank"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + path, withIntermediateDirectories: true)
        }
        try sample.write("etc/fstab", "# nothing yet\ntmpfs /tmp tmpfs size=1g 0 0\n")
        try sample.write("etc/later", "changed after the epoch\n", changed: epoch + 1000)
        try sample.write("usr/bin/tool", "#!/bin/sh\nexit 0\n", mode: 0o4755)
        try sample.write("opt/with blank/naïve 'name'", "odd\n", mode: 0o600)
        for (number, name) in ["a", "b", "c"].enumerated() {
            let text = String(repeating: name, count: 5000 * (number + 1))
            try sample.write("usr/bin/\(name)", text)
        }
        guard
            symlink("../usr/bin/tool", folder + "/etc/tool") == 0,
            link(folder + "/usr/bin/a", folder + "/usr/bin/a-too") == 0,
            chmod(folder + "/tmp", 0o1777) == 0, truncate(folder + "/usr/bin/c", 1 << 20) == 0
        else { throw ImageError("the sample tree: errno \(errno)") }
        try sample.set("usr/bin/c", changed: epoch - 2)
        if kernel {
            try sample.write("boot/vmlinuz-\(version)", "a kernel\n")
            symlink("boot/vmlinuz-\(version)", folder + "/vmlinuz")
        }
        return sample
    }

    func write(
        _ path: String, _ text: String, mode: mode_t = 0o644, changed: Int64 = epoch - 1
    ) throws {
        let full = root + "/" + path
        try Data(text.utf8).write(to: URL(filePath: full))
        guard chmod(full, mode) == 0 else {
            throw ImageError("chmod of '\(full)': errno \(errno)")
        }
        try set(path, changed: changed)
    }

    private func set(_ path: String, changed: Int64) throws {
        let time = timespec(tv_sec: Int(changed), tv_nsec: 0)
        guard utimensat(AT_FDCWD, root + "/" + path, [time, time], 0) == 0 else {
            throw ImageError("the time of '\(path)': errno \(errno)")
        }
    }

    /// Changes what a content does not depend on: when inodes were changed and files read.
    func disturb() async throws {
        try await Command.run("chmod", ["u+w", root + "/etc/later"])
        try await Command.run("touch", ["-a", root + "/usr/bin/tool", root + "/usr/bin/a"])
    }
}

/// A finished disk, looked at with other people's tools.
struct DiskUnderTest {
    let path: String

    /// The file system in it, as e2fsprogs' programs name it.
    var filesystem: String { "\(path)?offset=1048576" }

    func debugfs(_ command: String) async throws -> String {
        try await Command.run("debugfs", ["-R", command, filesystem]).output
    }

    func bytes(_ range: Range<Int>) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw ImageError("cannot open \(path)") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: range.count)
        guard pread(descriptor, &bytes, bytes.count, range.lowerBound) == bytes.count else {
            throw ImageError("cannot read \(path)")
        }
        return bytes
    }
}
