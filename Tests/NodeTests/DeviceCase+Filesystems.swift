import Cluster

/// Ours first; then those that mkfs here can make; then superblocks alone, each with as little as
/// its own program would know it by (util-linux's libblkid/src/superblocks has where it looks).
extension DeviceCase {
    static let ours: [DeviceCase] = [
        DeviceCase("blank, for ext4", .formatted),
        DeviceCase("blank, for xfs", .formatted).large.with { $0.wanted = .xfs },
        DeviceCase(
            "blank, used before",
            .refused("is blank, but is not on its first use; \(restore)")
        ).with { $0.claim = VolumeTests.claim(firstUse: false) },
        DeviceCase(
            "blank, where the panel knows a file system",
            .refused(
                "is blank, but is not on its first use (file system \(uuid) was on it); \(restore)")
        ).with { $0.claim = VolumeTests.claim(known: uuid) },
        DeviceCase("ext4", .mounted) { try await $0.run("mkfs.ext4", "-q") },
        DeviceCase("xfs", .mounted) { try await $0.run("mkfs.xfs", "-q") }.large,
        DeviceCase(
            "another ext4 than the panel knows",
            .refused(
                """
                holds the file system \(uuid), the panel knows \(VolumeTests.otherUUID); \
                attach the right volume, or launch a new instance, which gets a new one
                """)
        ) { try await $0.run("mkfs.ext4", "-q", "-U", uuid) }
        .with { $0.claim = VolumeTests.claim(firstUse: false, known: VolumeTests.otherUUID) },
        DeviceCase(
            "xfs in the making, by whom ever",
            .refused("holds a file system 'xfs' that was never finished; \(kept)")
        ) {
            try await $0.run("mkfs.xfs", "-q")
            try $0.put([1], at: 126)
        }.large,
    ]

    static let filesystems: [DeviceCase] = made + superblocks

    private static let made: [DeviceCase] = [
        foreign("ext2") { try await $0.run("mkfs.ext2", "-q") },
        foreign("ext3") { try await $0.run("mkfs.ext3", "-q") },
        foreign("vfat") { try await $0.run("mkfs.vfat") },
        signature("minix") { try await $0.run("mkfs.minix") },
        signature("bfs") { try await $0.run("mkfs.bfs") },
        signature("swap") { try await $0.run("mkswap", "--quiet") },
    ]

    private static let superblocks: [DeviceCase] = [
        signature("cramfs") { image in
            try image.put(little: UInt32(0x28cd_3d45), at: 0)
            try image.put(little: UInt32(4096), at: 4)
            try image.put("Compressed ROMFS", at: 16)
        },
        foreign("btrfs") { image in
            try image.put(uuidBytes, at: 65536 + 32)
            try image.put("_BHRfS_M", at: 65536 + 64)
        },
        foreign("f2fs") { image in
            try image.put(little: UInt32(0xf2f5_2010), at: 1024)
            try image.put(little: UInt16(1), at: 1028)
            try image.put(little: UInt16(16), at: 1030)
            try image.put(uuidBytes, at: 1024 + 108)
        },
        foreign("jfs") { image in
            try image.put("JFS1", at: 32768)
            try image.put(little: UInt32(4096), at: 32768 + 16)
            try image.put(little: UInt16(12), at: 32768 + 20)
            try image.put(little: UInt16(3), at: 32768 + 22)
            try image.put(little: UInt32(512), at: 32768 + 24)
            try image.put(little: UInt16(9), at: 32768 + 28)
            try image.put(uuidBytes, at: 32768 + 136)
        },
        foreign("erofs") { image in
            try image.put(little: UInt32(0xe0f5_e1e2), at: 1024)
            try image.put([12], at: 1024 + 12)
            try image.put(uuidBytes, at: 1024 + 48)
        },
        foreign("ocfs2") { image in
            try image.put("OCFSV2", at: 2048)
            try image.put(uuidBytes, at: 2048 + 0x150)
        },
        signature("gfs2") { image in
            try image.put(big: UInt32(0x0116_1970), at: 65536)
            try image.put(big: UInt32(1801), at: 65536 + 24)
            try image.put(big: UInt32(1900), at: 65536 + 28)
        },
        signature("squashfs") { image in
            try image.put("hsqs", at: 0)
            try image.put(little: UInt16(4), at: 28)
        },
        signature("iso9660") { image in
            try image.put("\u{1}CD001\u{1}", at: 32768)
        },
        signature("swsuspend", "a suspended machine") { image in
            try image.put("S1SUSPEND\0", at: 4096 - 10)
        },
    ]
}
