import FoundationEssentials
import Glibc
import Support
import Testing

@testable import ImageBuild

/// What a disk is decided from, and what is refused.
@Suite struct DiskPartsTests {
    @Test func `a tree without a kernel is refused with what adds one`() async throws {
        try await withTemporaryDirectory { folder in
            let tree = try DiskSample.make(in: folder + "/tree", kernel: false).root
            let builder = DiskBuilder(tree: tree, options: DiskOptions()) { _ in }
            await #expect(
                throws: ImageError(
                    "'\(tree)' has no kernel in /boot; the recipes of images/machine add one")
            ) { try await builder.build(output: folder + "/disk.raw") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tree"])
        }
    }

    @Test func `an unfinished image and a folder of something else are refused`() async throws {
        try await withTemporaryDirectory { folder in
            _ = try DiskSample.make(in: folder + "/image/root")
            for path in [folder + "/image", folder, folder + "/none"] {
                #expect(throws: ImageError.self) { try DiskTree.open(path) }
            }
        }
    }

    @Test func `of several kernels the link decides; without it none boots by guess`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            let sample = try DiskSample.make(in: folder)
            try sample.write("boot/vmlinuz-7.0", "another\n")
            try sample.write("boot/vmlinuz-0-rescue-0123", "a rescue kernel\n")
            let found = try Kernel.find(in: folder)
            #expect(found == Kernel(version: DiskSample.version, path: "/vmlinuz", initrd: nil))
            unlink(folder + "/vmlinuz")
            #expect(throws: ImageError.self) { try Kernel.find(in: folder) }
            unlink(folder + "/boot/vmlinuz-\(DiskSample.version)")
            #expect(
                try Kernel.find(in: folder)
                    == Kernel(version: "7.0", path: "/boot/vmlinuz-7.0", initrd: nil))
        }
    }

    @Test func `identifiers follow from the seed, and no two of a disk are alike`() {
        let (one, other) = (DiskIdentity(seed: [1]), DiskIdentity(seed: [2]))
        #expect(one == DiskIdentity(seed: [1]) && one != other)
        #expect(one.filesystemUUID != one.hashSeed && one.filesystemUUID != other.filesystemUUID)
        // RFC 9562, section 5.8: version 8, variant 10.
        let form = /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(one.filesystemUUID.wholeMatch(of: form) != nil)
        #expect(one.partitionUUID.wholeMatch(of: /[0-9a-f]{8}-01/) != nil)
    }

    @Test func `used inodes are those that dumpe2fs does not call free`() throws {
        // Lines of dumpe2fs 1.47.0.
        let text = """
            Inode count:              48
            Free inodes:              29
            Group 0: (Blocks 0-32767) csum 0x8a3e [ITABLE_ZEROED]
              0 free blocks, 0 free inodes, 1071 directories
              Free blocks: 40-50
              Free inodes: 14, 17-24
            Group 1: (Blocks 32768-65535) csum 0x9e78 [ITABLE_ZEROED]
              Free inodes: 29-48
            """
        #expect(try Ext4.usedInodes(text) == [2, 11, 12, 13, 15, 16, 25, 26, 27, 28])
        #expect(throws: ImageError.self) { try Ext4.usedInodes("no file system") }
    }

    @Test func `a disk beyond what its partition table can say is refused`() throws {
        #expect(throws: ImageError.self) {
            try DiskLayout(contents: 1, files: 1, free: 0, size: 3 << 40)
        }
        let layout = try DiskLayout(
            contents: 1, files: 1, free: 0, size: DiskLayout.maximumBytes)
        #expect(layout.partitionSectors == UInt32.max - 2048 - 2047)
    }

    @Test func `many small files get an inode each`() throws {
        let layout = try DiskLayout(contents: 4096 * 100_000, files: 100_000, free: 0, size: nil)
        #expect(layout.diskBytes / DiskLayout.bytesPerInode > 100_000)
    }
}
