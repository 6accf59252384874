internal import CLinux
internal import Glibc

/// How many bytes of its device a file system takes up.
public enum FilesystemSize {
    /// As its superblock on the device says; nil for what is neither xfs nor ext4.
    public static func onDisk(_ type: String, _ device: String) throws(FileError) -> UInt64? {
        let handle = try FileHandle.open(device, O_RDONLY, for: "look at")
        switch type {
        case "xfs":
            // `xfs_dsb` in Linux's xfs_format.h: sb_blocksize and sb_dblocks.
            let bytes = try handle.readExactly(16, at: 0)
            return product(number(bytes[4..<8]), number(bytes[8..<16]))
        case "ext4":
            // Linux's documentation of ext4, "Super Block": s_blocks_count_lo, s_log_block_size,
            // s_feature_incompat with its flag 64bit, s_blocks_count_hi.
            let bytes = try handle.readExactly(1024, at: 1024)
            let isWide = number(bytes[0x60..<0x64].reversed()) & 0x80 != 0
            let high = isWide ? number(bytes[0x150..<0x154].reversed()) : 0
            let blocks = high << 32 | number(bytes[4..<8].reversed())
            let exponent = number(bytes[0x18..<0x1c].reversed())
            return product(blocks, 1024 << min(exponent, 16))
        default: return nil
        }
    }

    /// Of a file system that is mounted at a path.
    public static func mounted(
        _ type: String, at path: String, _ device: String
    ) throws(FileError) -> UInt64? {
        guard type == "xfs" else { return try onDisk(type, device) }
        let handle = try FileHandle.open(path, O_RDONLY | O_DIRECTORY, for: "look at")
        var bytes: UInt64 = 0
        guard howdah_xfs_size(handle.descriptor, &bytes) == 0 else {
            throw FileError("ask xfs for its size at", path, code: errno)
        }
        return bytes
    }

    /// Most significant byte first.
    private static func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A superblock may say anything.
    private static func product(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (result, isTooMuch) = one.multipliedReportingOverflow(by: other)
        return isTooMuch ? .max : result
    }
}
