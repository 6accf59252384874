/// Where a device is read to show that it holds nothing: its ends, the places where file systems
/// keep copies of their superblock, and places spread evenly between.
///
/// `blkid -p` calls an XFS or ext4 whose first 4 KiB were zeroed empty; the copies give it away.
public enum SamplePlan {
    /// Devices up to this many bytes are read whole.
    public static let wholeUpTo: UInt64 = 64 << 20
    /// Evenly spread samples on top of the known places.
    public static let spreadCount: UInt64 = 1024
    static let spreadLength: UInt64 = 16 << 10
    /// mkfs aligns allocation groups to stripes: read around the place that division gives.
    static let margin: UInt64 = 64 << 10
    static let endLength: UInt64 = 1 << 20
    /// A first partition begins at 1 MiB: its own beginning is read too.
    static let beginLength: UInt64 = 2 << 20
    /// XFS: mkfs.xfs(8) makes 4 groups on a single disk, 16 or 32 on an array, and one a TiB.
    static let groupCounts: [UInt64] = [2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32]

    /// Byte ranges, ascending, without overlap, all within `size`.
    public static func ranges(size: UInt64) -> [Range<UInt64>] {
        if size <= wholeUpTo { return size == 0 ? [] : [0..<size] }
        var ranges = [0..<beginLength, (size - endLength)..<size]
        ranges += extBackups(size: size)
        ranges += allocationGroups(size: size)
        for index in 1...spreadCount {
            let start = size / (spreadCount + 1) * index & ~4095
            ranges.append(start..<start + spreadLength)
        }
        return merged(ranges, size: size)
    }

    /// ext2, 3 and 4 keep backup superblocks in groups 1 and the powers of 3, 5 and 7
    /// (`sparse_super`); a group has eight blocks for each byte of a block.
    static func extBackups(size: UInt64) -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        for block: UInt64 in [1024, 2048, 4096] {
            let firstBlock: UInt64 = block == 1024 ? 1 : 0
            for group in sparseGroups(below: size / (block * 8 * block) + 1) {
                let start = (group * block * 8 + firstBlock) * block
                ranges.append(start..<start + 4096)
            }
        }
        return ranges
    }

    private static func sparseGroups(below limit: UInt64) -> [UInt64] {
        var groups: [UInt64] = limit > 1 ? [1] : []
        for base: UInt64 in [3, 5, 7] {
            var group = base
            while group < limit {
                groups.append(group)
                group *= base
            }
        }
        return groups
    }

    static func allocationGroups(size: UInt64) -> [Range<UInt64>] {
        var starts: [UInt64] = []
        for count in groupCounts {
            let blocks = (size / 4096 + count - 1) / count
            for index in 1..<count { starts.append(index * blocks * 4096) }
        }
        let tebibyte: UInt64 = 1 << 40
        starts += (1...).prefix { $0 * tebibyte < size }.map { $0 * tebibyte }
        return starts.map { ($0 - min($0, margin))..<($0 + margin) }
    }

    private static func merged(_ ranges: [Range<UInt64>], size: UInt64) -> [Range<UInt64>] {
        let clipped = ranges.map { min($0.lowerBound, size)..<min($0.upperBound, size) }
        var result: [Range<UInt64>] = []
        for range in clipped.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = result.last, range.lowerBound <= last.upperBound {
                result[result.count - 1] =
                    last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
