import Cluster

/// What has no signature and is not blank, and devices that are not as they should be.
extension DeviceCase {
    static let remains: [DeviceCase] = [
        data("text at its start") { try $0.put("somebody's", at: 0) },
        data("text in its middle") { try $0.put("somebody's", at: 24 << 20) },
        data("its very last byte") { try $0.put([1], at: -1) },
        data("one byte where ext4 keeps a copy, not read whole") {
            try $0.put([1], at: 128 << 20)
        }.large,
        data("an erased flash") { try $0.put([UInt8](repeating: 0xff, count: 1 << 20), at: 0) },
        data("ext4, its first 4 KiB zeroed") {
            try await $0.run("mkfs.ext4", "-q")
            try $0.zero(4096)
        },
        data("ext4, its first MiB zeroed") {
            try await $0.run("mkfs.ext4", "-q")
            try $0.zero(1 << 20)
        },
        data("xfs, its first 4 KiB zeroed") {
            try await $0.run("mkfs.xfs", "-q")
            try $0.zero(4096)
        }.large,
        data("xfs without its magic") {
            try await $0.run("mkfs.xfs", "-q")
            try $0.zero(4)
        }.large,
        data("ext4, its superblock half written") {
            try await $0.run("mkfs.ext4", "-q")
            try $0.zero(4096 - 1024 - 48, at: 1024 + 48)
        },
        DeviceCase(
            "ext4, the end of its device lost",
            .refused(
                """
                holds ext4 \(uuid) of 50331648 bytes, and has only 41943040; it is not mounted: \
                attach the whole volume, or restore it from a snapshot
                """)
        ) {
            try await $0.run("mkfs.ext4", "-q", "-U", uuid)
            try $0.resize(40 << 20)
        },
        DeviceCase(
            "xfs, the end of its device lost",
            .refused(
                """
                holds xfs \(uuid) of 335544320 bytes, and has only 314572800; it is not mounted: \
                attach the whole volume, or restore it from a snapshot
                """)
        ) {
            try await $0.run("mkfs.xfs", "-q", "-m", "uuid=\(uuid)")
            try $0.resize(300 << 20)
        }.large,
    ]

    private static let nothingWritten =
        "nothing is written to it: look at the kernel's log, or launch a new instance, "
        + "which gets a new volume"
    private static let writable =
        "attach it so that it can be written to, or launch a new instance, which gets a new volume"

    static let devices: [DeviceCase] = [
        DeviceCase(
            "too small",
            .refused(
                "cannot be judged: device 'DEVICE': has 524288 bytes, less than 1048576; "
                    + nothingWritten)
        ).with { $0.bytes = 512 << 10 },
        DeviceCase(
            "read-only and blank",
            .refused("is read-only and holds nothing (50331648 bytes of zeros read); \(writable)")
        ).with { $0.form.isReadOnly = true },
        DeviceCase(
            "read-only ext4",
            .refused(
                "is read-only and holds a file system 'ext4' with uuid '\(uuid)'; \(writable)")
        ) { try await $0.run("mkfs.ext4", "-q", "-U", uuid) }
        .with { $0.form.isReadOnly = true },
        // A loop device gives read errors for what its file has no more.
        DeviceCase(
            "read errors everywhere",
            .refused(
                "cannot be judged: device 'DEVICE': libblkid failed to read it; \(nothingWritten)")
        ).with { $0.spoil = { try $0.image.resize(0) } },
        DeviceCase(
            "read errors from the middle on",
            .refused(
                "cannot be judged: device 'DEVICE': libblkid failed to read it; \(nothingWritten)")
        ).with { $0.spoil = { try $0.image.resize(24 << 20) } },
        DeviceCase(
            "another volume's serial number",
            .lost(
                """
                waited 0.0 seconds for the device of volume '\(LoopVolume.volumeID)' to appear in \
                'FOLDER'; check that it is attached to this instance
                """)
        ).with { $0.form.volumeID = "vol-0123456789abcdef1" },
    ]
}
