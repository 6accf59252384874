import Cluster
import Host
import PanelAPI
import Testing

@testable import Node

/// What becomes of a mount point and of a volume that was made bigger, on loop devices: skipped
/// without root, since nothing else can mount.
@Suite(.serialized, .enabled(if: LoopVolume.isPossible, "needs root and loop devices"))
struct MountPointTests {
    @Test func `a bare mount point is closed and root's, whoever had it`() async throws {
        try await LoopVolume.with { volume in
            try volume.paths.files.makeDirectory("/data", mode: 0o777)
            try volume.paths.files.changeOwner("/data", user: 1234, group: 1234)
            let panel = PanelDouble(claims: [VolumeTests.claim()])
            _ = try await VolumeTests.work(volume, panel, uuid: freshUUID()).run()
            try await volume.unmount()
            let seen = try await ProcessRunner().require(
                "stat", ["-c", "%a %u %g", volume.mountPath])
            #expect(seen.outputText == "0 0 0\n")
        }
    }

    @Test func `where SELinux is on, a path gets the policy's label, and only there`() async throws
    {
        try await LoopVolume.with { volume in
            let files = volume.paths.files
            let program = volume.paths.inside("/restorecon")
            try files.write("#!/bin/sh\necho \"$@\" >>\(program).said\n", to: "/restorecon")
            try files.changeMode("/restorecon", 0o755)
            let labels = SELinux(volume.paths, program: program)
            try await labels.label("/data")
            #expect(!labels.isOn && !files.exists("/restorecon.said"))
            try files.makeDirectory("/sys/fs/selinux")
            try files.write("1", to: "/sys/fs/selinux/enforce")
            try await labels.label("/data")
            #expect(try files.text("/restorecon.said") == "-F \(volume.mountPath)\n")
        }
    }

    /// ext4 lets only those grow it who have CAP_SYS_RESOURCE (capabilities(7), number 24), which
    /// a container's root may not have.
    static func mayGrow(_ kind: Storage.Filesystem) -> Bool {
        let status = (try? Files().text("/proc/self/status")) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") } ?? ""
        let mask = line.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0, radix: 16) }
        return kind == .xfs || (mask ?? 0) & 1 << 24 != 0
    }

    @Test(arguments: Storage.Filesystem.allCases)
    func `a volume that was made bigger is filled, at once and at the next boot, with its data`(
        kind: Storage.Filesystem
    ) async throws {
        let (small, large) = (320 << 20, 640 << 20)
        try await LoopVolume.with(.init(bytes: small)) { volume in
            let uuid = freshUUID()
            let first = PanelDouble(claims: [VolumeTests.claim()])
            let made = try await VolumeTests.work(volume, first, kind, uuid: uuid).run()
            #expect(!made.detail.contains("grow"))
            try volume.paths.files.write("precious", to: "/data/file")
            let later = PanelDouble(claims: [VolumeTests.claim(firstUse: false, known: uuid)])
            let again = VolumeTests.work(volume, later, kind)
            try await volume.resize(to: large)
            let grown = try await again.run()
            #expect(grown.changed)
            guard Self.mayGrow(kind) else {
                #expect(grown.detail.contains(", could not grow from \(small) to \(large) bytes: "))
                #expect(try volume.paths.files.text("/data/file") == "precious")
                return
            }
            #expect(grown.detail.hasSuffix(", grown from \(small) to \(large) bytes"))
            #expect(try await again.run().changed == false)

            try await volume.unmount()
            try await volume.resize(to: large + small)
            #expect(
                try await again.run().detail
                    .hasSuffix(", grown from \(large) to \(large + small) bytes"))
            #expect(try volume.paths.files.text("/data/file") == "precious")
            let seen = try await ProcessRunner().require(
                "df", ["-B1", "--output=size", volume.mountPath])
            let bytes = seen.outputText.split(separator: "\n").last.flatMap {
                Int($0.filter { !$0.isWhitespace })
            }
            #expect(try #require(bytes) > large)
        }
    }
}
