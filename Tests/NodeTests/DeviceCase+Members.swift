/// Partition tables, and members of what spans several devices. Structures: util-linux's
/// libblkid/src/superblocks, and the format's own documents where they are named.
extension DeviceCase {
    private static let oneLinuxPartition = "start=2048, size=20480, type=linux\n"
    private static let sector = 512

    static let tables: [DeviceCase] = [
        signature("dos partition table", "MBR") {
            try await $0.run("sfdisk", "-q", "-X", "dos", input: oneLinuxPartition)
        },
        signature("gpt partition table", "GPT") {
            try await $0.run("sfdisk", "-q", "-X", "gpt", input: oneLinuxPartition)
        },
        signature("gpt partition table", "GPT, its first copy lost") {
            try await $0.run("sfdisk", "-q", "-X", "gpt", input: oneLinuxPartition)
            try $0.zero(33 * sector, at: sector)
        },
        data("GPT, all but its last copy lost") {
            try await $0.run("sfdisk", "-q", "-X", "gpt", input: oneLinuxPartition)
            try $0.zero(34 * sector)
        },
        data("GPT, all but its last copy lost, not read whole") {
            try await $0.run("sfdisk", "-q", "-X", "gpt", input: oneLinuxPartition)
            try $0.zero(34 * sector)
        }.large,
        signature("sun partition table") {
            try await $0.run("sfdisk", "-q", "-X", "sun", input: "size=10000\n")
        },
    ]

    static let members: [DeviceCase] =
        raid + [
            signature("LVM2_member", "a physical volume of LVM") { image in
                try image.put("LABELONE", at: sector)
                try image.put(little: UInt64(1), at: sector + 8)
                // The checksum of what follows, without which it is none.
                try image.put(little: UInt32(0x3cb0_b085), at: sector + 16)
                try image.put(little: UInt32(32), at: sector + 20)
                try image.put("LVM2 001" + String(repeating: "a", count: 32), at: sector + 24)
            },
            signature("crypto_LUKS", "LUKS 1") { image in
                try image.put([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe, 0, 1], at: 0)
                try image.put(uuid, at: 168)
            },
            signature("crypto_LUKS", "LUKS 2") { image in
                try image.put([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe, 0, 2], at: 0)
                try image.put(uuid, at: 168)
            },
            // LUKS2 on-disk format, 2.1: the second header bears its own place.
            signature("crypto_LUKS", "LUKS 2, its first header lost") { image in
                try image.put([0x53, 0x4b, 0x55, 0x4c, 0xba, 0xbe, 0, 2], at: 0x4000)
                try image.put(uuid, at: 0x4000 + 168)
                try image.put(big: UInt64(0x4000), at: 0x4000 + 256)
            },
            // Of 128 uberblocks in each of four labels, four are enough.
            signature("zfs_member", "ZFS") { image in
                for index in 0..<4 {
                    try image.put(little: UInt64(0x00ba_b10c), at: (128 + index) << 10)
                }
            }.with { $0.bytes = 64 << 20 },
            signature("zfs_member", "ZFS, its labels at the start lost") { image in
                for index in 0..<4 {
                    try image.put(little: UInt64(0x00ba_b10c), at: -((128 - index) << 10))
                }
            }.large,
            signature("bcache") { image in
                try image.put(little: UInt64(8), at: 4096 + 8)
                try image.put(
                    [
                        0xc6, 0x85, 0x73, 0xf6, 0x4e, 0x1a, 0x45, 0xca, 0x82, 0x65, 0xf5, 0x7f,
                        0x48,
                        0xba, 0x6d, 0x81,
                    ], at: 4096 + 24)
            },
            signature("drbd", "DRBD 8") { try $0.put(big: UInt32(0x8374_026b), at: -4096 + 60) },
            signature("drbd", "DRBD 9") { try $0.put(big: UInt32(0x8374_026d), at: -4096 + 60) },
            signature("drbd", "a swap area and a DRBD member") {
                try await $0.run("mkswap", "--quiet")
                try $0.put(big: UInt32(0x8374_026b), at: -4096 + 60)
            },
        ]

    /// Linux's md_p.h: the superblock of 0.90 in the last whole 64 KiB but one, that of 1.x at the
    /// end, at the start, or 4 KiB behind it.
    private static let raid: [DeviceCase] = [
        signature("linux_raid_member", "MD 0.90") { image in
            let place = try image.size - 65536
            try image.put(little: UInt32(0xa92b_4efc), at: place)
            try image.put(little: UInt32(90), at: place + 8)
            try image.put(little: UInt32(0x0a1b_2c3d), at: place + 20)
            try image.put(little: UInt32(1024), at: place + 32)
        },
        signature("linux_raid_member", "MD 1.0") { try member(of: $0, at: try $0.size - 8192) },
        signature("linux_raid_member", "MD 1.1") { try member(of: $0, at: 0) },
        signature("linux_raid_member", "MD 1.2") { try member(of: $0, at: 4096) },
        signature("isw_raid_member", "Intel's RAID") { image in
            try image.put("Intel Raid ISM Cfg Sig. 1.0.00", at: -2 * sector)
        },
    ]

    private static func member(of image: DeviceImage, at place: Int) throws {
        try image.put(little: UInt32(0xa92b_4efc), at: place)
        try image.put(little: UInt32(1), at: place + 4)
        try image.put(uuidBytes, at: place + 16)
        try image.put(little: UInt64(place / sector), at: place + 144)
    }
}
