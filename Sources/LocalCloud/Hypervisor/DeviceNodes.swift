internal import CLinux
internal import Glibc
internal import Host

/// The names under which an attached volume appears inside an instance. A Nitro instance of EC2
/// shows the device, the by-id link and the serial number in sysfs; one on Xen the device alone.
struct DeviceNodes: Sendable {
    /// What stands for `/dev` and for `/sys/block`.
    let devices: Files
    let blocks: Files
    let disk: InstanceRecord.Disk

    private var node: String { disk.node }
    private var isNitro: Bool { node.hasPrefix("nvme") }
    private var serial: String { disk.volume.split(separator: "-").joined() }
    private var link: String { "/disk/by-id/nvme-Amazon_Elastic_Block_Store_\(serial)" }

    /// What the device is.
    enum Backing: Sendable, Equatable {
        /// A loop device of the machine, `/dev/loop3`.
        case loop(String)
        /// The image file itself, for who may not make devices.
        case file(String)
    }

    /// The device itself comes last: whoever sees it finds the rest.
    func make(_ backing: Backing) throws {
        try describe()
        if isNitro {
            try devices.makeDirectory("/disk/by-id")
            try devices.symlink(link, to: "../../\(node)")
        }
        let path = try devices.resolve("/\(node)")
        unlink(path)
        guard try make(path, backing) == 0 else {
            throw LabError("cannot make the device '\(path)': error \(errno)")
        }
    }

    private func describe() throws {
        try blocks.makeDirectory("/\(node)")
        if isNitro {
            try blocks.makeDirectory("/\(node)/device")
            try blocks.write(serial + "\n", to: "/\(node)/device/serial")
            try blocks.write("Amazon Elastic Block Store\n", to: "/\(node)/device/model")
        }
        try blocks.write("\(disk.sizeGiB << 21)\n", to: "/\(node)/size")
    }

    private func make(_ path: String, _ backing: Backing) throws(LabError) -> Int32 {
        switch backing {
        case .file(let image): return Glibc.link(image, path)
        case .loop(let loop):
            let device = Self.number(LoopImage.major, try LoopImage.minor(loop))
            return mknod(path, S_IFBLK | 0o660, device)
        }
    }

    /// Whether there is a device of that name.
    var isThere: Bool { devices.exists("/\(node)") }

    /// Whether the device is there and is that of the loop device.
    func isMade(_ loop: String) -> Bool {
        var status = stat()
        guard let path = try? devices.resolve("/\(node)"), lstat(path, &status) == 0,
            let minor = try? LoopImage.minor(loop)
        else { return false }
        return status.st_mode & S_IFMT == S_IFBLK
            && status.st_rdev == Self.number(LoopImage.major, minor)
    }

    func remove() throws {
        try devices.remove("/\(node)")
        try devices.remove(link)
        try blocks.removeTree("/\(node)")
    }

    /// gnu_dev_makedev of glibc's sys/sysmacros.h, which is a macro and so hidden from Swift.
    static func number(_ major: Int, _ minor: Int) -> dev_t {
        dev_t((major & 0xfff) << 8 | (minor & 0xff) | (minor & ~0xff) << 12)
    }
}
