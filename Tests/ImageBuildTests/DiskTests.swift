import Digests
import FoundationEssentials
import Support
import Synchronization
import Testing

@testable import ImageBuild

/// Disks as sfdisk, blkid, e2fsck and debugfs see them.
@Suite struct DiskTests {
    private static let small = DiskOptions(free: 8 << 20)

    private func disk(
        of tree: String, in folder: String, named name: String = "disk.raw",
        options: DiskOptions = small, say: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> (DiskUnderTest, BuiltDisk) {
        let path = folder + "/" + name
        let built = try await DiskBuilder(tree: tree, options: options, say: say)
            .build(output: path)
        return (DiskUnderTest(path: path), built)
    }

    /// An image as `howdah image build` leaves it, from the sample tree.
    private func image(in folder: String) throws -> String {
        let sample = try DiskSample.make(in: folder + "/image/root")
        let record = BuiltImage(
            name: "sample", architecture: "x86_64", layers: [], rules: "",
            epoch: Int(DiskSample.epoch), manifest: Digest.of([]).hex, files: 0, bytes: 0,
            packages: [:])
        try JSONEncoder().encode(record)
            .write(to: URL(filePath: folder + "/image/" + BuiltImage.fileName))
        return String(sample.root.dropLast("/root".count))
    }

    @Test func `two disks of one tree are equal, whenever they are made`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try DiskSample.make(in: folder + "/tree")
            let (first, _) = try await disk(of: sample.root, in: folder, named: "1.raw")
            // Times on a disk are whole seconds: the second disk is made in another one.
            try await Task.sleep(for: .milliseconds(1100))
            try await sample.disturb()
            let (second, _) = try await disk(of: sample.root, in: folder, named: "2.raw")
            try await Command.run("cmp", [first.path, second.path])
        }
    }

    @Test func `sfdisk, blkid and e2fsck find one clean ext4 where the result says it is`()
        async throws
    {
        struct Table: Decodable {
            struct Content: Decodable {
                struct Partition: Decodable {
                    var start: Int
                    var size: Int
                    var type: String
                    var bootable: Bool
                }
                var label: String
                var id: String
                var partitions: [Partition]
            }
            var partitiontable: Content
        }
        try await withTemporaryDirectory { folder in
            let sample = try DiskSample.make(in: folder + "/tree")
            let (disk, built) = try await disk(of: sample.root, in: folder)
            let text = try await Command.run("sfdisk", ["-J", disk.path]).output
            let table = try JSONDecoder().decode(Table.self, from: Data(text.utf8)).partitiontable
            #expect(table.label == "dos" && table.id == "0x" + built.partitionUUID.dropLast(3))
            let partition = try #require(table.partitions.first)
            #expect(table.partitions.count == 1)
            #expect(partition.start == 2048 && partition.type == "83" && partition.bootable)
            #expect((partition.start + partition.size) * 512 == Int(built.bytes))
            let probed = try await Command.run(
                "blkid", ["-p", "-O", "1048576", "-o", "export", disk.path]
            ).output.split(separator: "\n")
            #expect(probed.contains("TYPE=ext4") && probed.contains("LABEL=root"))
            #expect(probed.contains("UUID=\(built.filesystemUUID)"))
            try await Command.run("e2fsck", ["-fn", disk.filesystem])
        }
    }

    @Test func `a tree comes out of the disk as it went in`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try DiskSample.make(in: folder + "/tree")
            let (disk, built) = try await disk(of: sample.root, in: folder)
            try FileManager.default.createDirectory(
                atPath: folder + "/out", withIntermediateDirectories: false)
            _ = try await disk.debugfs("rdump / \(folder)/out")
            // What the disk has of its own is looked at below.
            for path in ["lost+found", "boot/grub", "etc/fstab"] {
                try await Command.run("rm", ["-rf", "\(folder)/out/\(path)"])
            }
            try await Command.run("rm", [sample.root + "/etc/fstab"])
            try await Command.run(
                "diff", ["-r", "--no-dereference", sample.root, folder + "/out"])
            func files(_ tree: String) async throws -> [Substring] {
                let format = "%P %m %s %T@\n"
                // rdump loses the set-user-ID bit, which is looked at below.
                let which = ["-type", "f", "!", "-name", "tool"]
                return try await Command.run("find", [tree] + which + ["-printf", format])
                    .output.split(separator: "\n").sorted()
            }
            #expect(try await files(sample.root) == files(folder + "/out"))
            #expect(try await disk.debugfs("stat /tmp").contains("Mode:  01777"))
            #expect(try await disk.debugfs("stat /usr/bin/tool").contains("Mode:  04755"))
            #expect(try await disk.debugfs("stat /usr/bin/a").contains("Links: 2"))
            let fstab = try await disk.debugfs("cat /etc/fstab")
            #expect(
                fstab == """
                    PARTUUID=\(built.partitionUUID) / ext4 defaults 0 1
                    tmpfs /tmp tmpfs size=1g 0 0

                    """)
        }
    }

    @Test func `no time on the disk of an image is later than the image's epoch`() async throws {
        try await withTemporaryDirectory { folder in
            let (disk, _) = try await disk(of: try image(in: folder), in: folder)
            let epoch = "0x" + String(DiskSample.epoch, radix: 16)
            let late = try await disk.debugfs("stat /etc/later")
            for field in ["atime", "ctime", "mtime", "crtime"] {
                #expect(late.contains("\(field): \(epoch):"), "\(field) in \(late)")
            }
            let earlier = "0x" + String(DiskSample.epoch - 1, radix: 16)
            #expect(try await disk.debugfs("stat /usr/bin/tool").contains("mtime: \(earlier):"))
        }
    }

    @Test func `the loader is GRUB's own, and GRUB understands its menu`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try DiskSample.make(in: folder + "/tree")
            try sample.write("boot/initrd.img-\(DiskSample.version)", "an initramfs\n")
            let (disk, built) = try await disk(of: sample.root, in: folder)
            let stage = try Data(contentsOf: URL(filePath: BootLoader.folder + "/boot.img"))
            #expect(try disk.bytes(0..<440) == Array(stage.prefix(440)))
            // diskboot.img, which loads the rest, begins the second stage.
            let next = try Data(contentsOf: URL(filePath: BootLoader.folder + "/diskboot.img"))
            #expect(try disk.bytes(512..<912) == Array(next.prefix(400)))
            let menu = try await disk.debugfs("cat /boot/grub/grub.cfg")
            #expect(menu.contains("linux /vmlinuz root=PARTUUID=\(built.partitionUUID) ro "))
            #expect(menu.contains("initrd /boot/initrd.img-\(DiskSample.version)\n"))
            try Data(menu.utf8).write(to: URL(filePath: folder + "/grub.cfg"))
            try await Command.run("grub-script-check", [folder + "/grub.cfg"])
        }
    }

    @Test func `as much is free as was asked for, and what is empty is a hole`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try DiskSample.make(in: folder + "/tree")
            let free: Int64 = 3 << 30
            let (disk, built) = try await disk(
                of: sample.root, in: folder, options: DiskOptions(free: free))
            let text = try await Command.run("dumpe2fs", ["-h", disk.filesystem]).output
            func number(_ name: String) -> Int64? {
                text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
                    .flatMap { Int64($0.drop { !$0.isNumber }) }
            }
            let blocks = try #require(number("Free blocks"))
            let reserved = try #require(number("Reserved block count"))
            #expect((blocks - reserved) * 4096 >= free)
            #expect((blocks - reserved) * 4096 < free + (100 << 20))
            #expect(built.allocatedBytes < 80 << 20)
        }
    }

    @Test func `a size that is given is the disk's, and one too small is refused`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try DiskSample.make(in: folder + "/tree")
            let (_, built) = try await disk(
                of: sample.root, in: folder, options: DiskOptions(size: 1 << 30))
            #expect(built.bytes == 1 << 30)
            await #expect(throws: ImageError.self) {
                try await disk(
                    of: sample.root, in: folder, named: "small.raw",
                    options: DiskOptions(size: 32 << 20))
            }
        }
    }

    @Test func `until a disk is finished it has no name, and what had it stays`() async throws {
        try await withTemporaryDirectory { folder in
            let sample = try DiskSample.make(in: folder + "/tree")
            try FileManager.default.createDirectory(
                atPath: folder + "/out", withIntermediateDirectories: false)
            try Data("old".utf8).write(to: URL(filePath: folder + "/out/disk.raw"))
            let seen = Mutex<[[String]]>([])
            _ = try await disk(of: sample.root, in: folder + "/out") { _ in
                let names = try? FileManager.default.contentsOfDirectory(atPath: folder + "/out")
                seen.withLock { $0.append(names ?? []) }
            }
            #expect(seen.withLock { $0.count >= 2 && $0.allSatisfy { $0 == ["disk.raw"] } })
            let now = try FileManager.default.contentsOfDirectory(atPath: folder + "/out")
            #expect(now == ["disk.raw"])
            let size = try FileManager.default.attributesOfItem(atPath: folder + "/out/disk.raw")
            #expect((size[.size] as? Int) ?? 0 > 1 << 20)
        }
    }
}
