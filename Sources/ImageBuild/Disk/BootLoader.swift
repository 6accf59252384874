internal import Host

/// GRUB for BIOS machines, which EC2's and qemu's are. Its first stage loads what lies between it
/// and the partition, and that reads its menu from the partition: nothing has to be mounted.
enum BootLoader {
    static let folder = "/usr/lib/grub/i386-pc"
    static let menuPath = "/boot/grub/grub.cfg"
    /// Both consoles, and no time-out of NVMe requests, as the Amazon EBS User Guide asks ("I/O
    /// operation timeout").
    static let kernelArguments =
        "ro console=tty0 console=ttyS0,115200n8 nvme_core.io_timeout=4294967295"
    /// What reads the disk, the menu and the kernel.
    private static let modules = [
        "biosdisk", "part_msdos", "ext2", "normal", "linux", "serial", "terminal", "echo", "test",
    ]

    /// The first stage, 512 bytes.
    static func firstStage() throws -> [UInt8] {
        guard let bytes = try Files().readIfPresent(folder + "/boot.img") else {
            throw ImageError(
                "'\(folder)/boot.img' is not there; install grub-pc-bin (scripts/setup does)")
        }
        return bytes
    }

    /// The second stage, which lies right behind the first. It looks for its menu on the disk that
    /// it was loaded from, so that it is the same for all disks.
    static func secondStage(in folder: String, runner: ProcessRunner) async throws -> [UInt8] {
        // Not a pipe, which grub-mkimage would fail to fsync.
        let output = try UnnamedFile.make(in: folder)
        let arguments = ["-O", "i386-pc", "-p", "(,msdos1)/boot/grub", "-o", output.path]
        try await runner.require("grub-mkimage", arguments + modules)
        let bytes = try Files().read(output.path)
        let room = Int(DiskLayout.partitionStart - DiskLayout.sectorBytes)
        guard !bytes.isEmpty, bytes.count <= room else {
            throw ImageError(
                "grub-mkimage made \(bytes.count) bytes; before the partition there is room for "
                    + "\(room)")
        }
        return bytes
    }

    static func menu(kernel: Kernel, partition: String, arguments: String) -> String {
        let initrd = kernel.initrd.map { "\n    initrd \($0)" } ?? ""
        return """
            # Written by 'howdah image disk'. Kernel \(kernel.version) when it was made.
            serial --unit=0 --speed=115200
            terminal_input console serial
            terminal_output console serial
            set timeout=0
            menuentry 'Linux' {
                linux \(kernel.path) root=PARTUUID=\(partition) \(arguments)\(initrd)
            }

            """
    }
}
