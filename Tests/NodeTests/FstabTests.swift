import Host
import PanelAPI
import Support
import Testing

@testable import Node

@Suite struct FstabTests {
    let line = FstabLine(uuid: "u-2", mount: "/data", type: "xfs")

    @Test func `a line is added once and replaced in its place`() throws {
        let first = try FstabLine(uuid: "u-1", mount: "/data", type: "ext4")
            .replacing(in: "UUID=r / ext4 defaults 0 1\n")
        let second = try line.replacing(in: first)
        #expect(
            second == "UUID=r / ext4 defaults 0 1\n\(FstabLine.comment)\n\(line.text)\n")
        #expect(try line.replacing(in: second) == second)
    }

    @Test func `somebody else's line for the mount is an error, a comment is none`() throws {
        #expect(throws: VolumeError.self) {
            try line.replacing(in: "/dev/sdb /data ext4 defaults 0 2\n")
        }
        #expect(try line.replacing(in: "# /data is ours\n").hasPrefix("# /data is ours\n"))
    }

    @Test func `volumes that are mounted side by side all have their lines`() async throws {
        try await withTemporaryDirectory { root in
            let paths = HostPaths(root: root)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 1...20 {
                    let disk = Disk(
                        volume: "vol-\(index)", device: "", mount: "/data\(index)", paths: paths)
                    group.addTask {
                        try disk.listInFstab(FilesystemReport(type: "xfs", uuid: "u-\(index)"))
                    }
                }
                for try await isNew in group { #expect(isNew) }
            }
            let fstab = try paths.files.text("/etc/fstab")
            #expect(fstab.split(separator: "\n").count { $0.hasPrefix("UUID=") } == 20)
        }
    }
}
