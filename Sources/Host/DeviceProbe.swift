internal import CBlkid
internal import CLinux
internal import Glibc

/// Looks at a device without changing it.
public enum DeviceProbe {
    /// Too small for any volume; EBS begins at 1 GiB.
    public static let minimumSize: UInt64 = 1 << 20
    static let readLength: UInt64 = 1 << 20

    /// What is on the device (or in the image file) now.
    public static func content(of device: String) throws -> DeviceContent {
        let handle = try FileHandle.open(device, O_RDONLY, for: "probe")
        let size = try size(of: handle)
        guard size >= minimumSize else {
            throw DeviceError(
                device: device, reason: "has \(size) bytes, less than \(minimumSize)")
        }
        if let found = try Signature.find(handle) { return found }
        let ranges = SamplePlan.ranges(size: size)
        for range in ranges {
            if let offset = try firstNonzero(handle, range) { return .data(offset: offset) }
        }
        let sampled = ranges.reduce(0) { $0 + UInt64($1.count) }
        return .blank(BlankEvidence(device: device, size: size, sampledBytes: sampled))
    }

    /// Where `sb_inprogress` is in a superblock of xfs (`xfs_dsb` in xfs_format.h). mkfs.xfs
    /// clears it last, when all else is on the disk. mke2fs writes its first superblock last, so
    /// that one that is seen is whole.
    static let xfsInProgress: UInt64 = 126

    /// The file system that is seen on the device is not finished.
    public static func isBeingMade(_ device: String) throws -> Bool {
        let handle = try FileHandle.open(device, O_RDONLY, for: "probe")
        let magic = try handle.readExactly(4, at: 0)
        guard magic == Array("XFSB".utf8) else { return false }
        return try handle.readExactly(1, at: xfsInProgress) != [0]
    }

    /// Nothing can be written to the device. An image file is writable to whoever may open it.
    public static func isReadOnly(_ device: String) throws(FileError) -> Bool {
        let handle = try FileHandle.open(device, O_RDONLY, for: "probe")
        guard try handle.status().st_mode & S_IFMT == S_IFBLK else { return false }
        var answer: Int32 = 0
        guard howdah_block_is_read_only(handle.descriptor, &answer) == 0 else {
            throw FileError("probe", handle.path, code: errno)
        }
        return answer != 0
    }

    /// Bytes of a block device or an image file.
    public static func size(of device: String) throws(FileError) -> UInt64 {
        try size(of: try FileHandle.open(device, O_RDONLY, for: "probe"))
    }

    private static func size(of handle: borrowing FileHandle) throws(FileError) -> UInt64 {
        let status = try handle.status()
        switch status.st_mode & S_IFMT {
        case S_IFREG: return UInt64(status.st_size)
        case S_IFBLK:
            var bytes: UInt64 = 0
            guard howdah_block_size(handle.descriptor, &bytes) == 0 else {
                throw FileError("size", handle.path, code: errno)
            }
            return bytes
        default: throw FileError("probe", handle.path, reason: "neither a block device nor a file")
        }
    }

    private static func firstNonzero(
        _ handle: borrowing FileHandle, _ range: Range<UInt64>
    ) throws(FileError) -> UInt64? {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Int(min(readLength, range.upperBound - offset))
            let bytes = try handle.readExactly(count, at: offset)
            if !isZero(bytes) {
                return offset + UInt64(bytes.firstIndex { $0 != 0 } ?? 0)
            }
            offset += UInt64(count)
        }
        return nil
    }

    /// A piece is zero if its first byte is and every byte equals the one after it.
    private static func isZero(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return true }
            return buffer[0] == 0 && memcmp(base, base + 1, buffer.count - 1) == 0
        }
    }
}

/// libblkid's low-level probing of one device.
private struct Signature: ~Copyable {
    private let probe: blkid_probe

    private init(_ probe: blkid_probe) { self.probe = probe }

    deinit { blkid_free_probe(probe) }

    static func find(_ handle: borrowing FileHandle) throws(DeviceError) -> DeviceContent? {
        guard let probe = blkid_new_probe() else {
            throw DeviceError(device: handle.path, reason: "out of memory")
        }
        return try Signature(probe).find(handle.descriptor, handle.path)
    }

    private func find(_ descriptor: Int32, _ path: String) throws(DeviceError) -> DeviceContent? {
        guard blkid_probe_set_device(probe, descriptor, 0, 0) == 0 else {
            throw DeviceError(device: path, reason: "libblkid cannot read it")
        }
        blkid_probe_enable_superblocks(probe, 1)
        // A superblock with a wrong checksum is still somebody's data.
        blkid_probe_set_superblocks_flags(
            probe,
            BLKID_SUBLKS_TYPE | BLKID_SUBLKS_UUID | BLKID_SUBLKS_USAGE | BLKID_SUBLKS_MAGIC
                | BLKID_SUBLKS_BADCSUM)
        blkid_probe_enable_partitions(probe, 1)
        switch blkid_do_safeprobe(probe) {
        case 0: return found()
        case 1: return nil
        case -2: return .signature("several kinds at once")
        default: throw DeviceError(device: path, reason: "libblkid failed to read it")
        }
    }

    private func found() -> DeviceContent {
        if let type = value("TYPE") {
            guard value("USAGE") == "filesystem", let uuid = value("UUID") else {
                return .signature(type)
            }
            return .filesystem(type: type, uuid: uuid)
        }
        return .signature(value("PTTYPE").map { "\($0) partition table" } ?? "unknown kind")
    }

    private func value(_ name: String) -> String? {
        var data: UnsafePointer<CChar>?
        var length = 0
        guard blkid_probe_lookup_value(probe, name, &data, &length) == 0, let data else {
            return nil
        }
        return String(cString: data)
    }
}
