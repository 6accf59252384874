/// How large a disk is, and where its one partition lies.
struct DiskLayout: Sendable, Equatable {
    static let sectorBytes: Int64 = 512
    static let blockBytes: Int64 = 4096
    /// Where the partition begins: 1 MiB, as partitioners align it; the boot loader lies before it.
    static let partitionStart: Int64 = 1 << 20
    /// An MBR counts sectors in 32 bits.
    static let maximumBytes: Int64 = (((1 << 32) - 1) * sectorBytes) & ~1_048_575
    static let journalMiB: Int64 = 32
    /// One inode for so many bytes, and the bytes of an inode.
    static let bytesPerInode: Int64 = 16384
    static let inodeBytes: Int64 = 256
    /// Of the blocks, kept for root, so that a full disk can still be repaired.
    static let reservedPercent: Int64 = 1
    /// Superblock copies, descriptors, the room to grow them, bitmaps, the loader's own files.
    private static let overhead: Int64 = 20 << 20
    static let minimumBytes: Int64 = 96 << 20

    let diskBytes: Int64

    var partitionSectors: UInt32 {
        UInt32((diskBytes - Self.partitionStart) / Self.sectorBytes)
    }
    var filesystemBlocks: Int64 { (diskBytes - Self.partitionStart) / Self.blockBytes }

    /// The smallest disk, in whole MiB, for contents of so many bytes and files with `free` bytes
    /// left to write.
    static func needed(contents: Int64, files: Int64, free: Int64) -> Int64 {
        let fixed = contents + free + (journalMiB << 20) + overhead + partitionStart
        // Inode tables and reserved blocks are shares of the whole; more files than one for
        // `bytesPerInode` ask for a larger whole.
        let share = inodeBytes * 1000 / bytesPerInode + reservedPercent * 10 + 1
        let forBytes = fixed * 1000 / (1000 - share)
        let forFiles = (files + 1000) * bytesPerInode
        return wholeMiB(max(minimumBytes, forBytes, forFiles))
    }

    init(contents: Int64, files: Int64, free: Int64, size: Int64?) throws(ImageError) {
        let least = Self.needed(contents: contents, files: files, free: size == nil ? free : 0)
        let bytes = size ?? least
        guard bytes >= least else {
            throw ImageError(
                "a disk of \(bytes >> 20) MiB is too small: the tree needs \(least >> 20) MiB")
        }
        guard bytes <= Self.maximumBytes else {
            throw ImageError(
                "a disk of \(bytes >> 20) MiB is too large: its partition table ends at "
                    + "\(Self.maximumBytes >> 20) MiB; grow the volume's file system elsewhere")
        }
        diskBytes = Self.wholeMiB(bytes)
    }

    private static func wholeMiB(_ bytes: Int64) -> Int64 {
        ((bytes + 1_048_575) >> 20) << 20
    }
}
