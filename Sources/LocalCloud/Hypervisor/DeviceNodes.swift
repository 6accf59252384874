internal import Glibc
internal import Host

/// The names under which an attached volume appears inside an instance, as a Nitro instance of EC2
/// shows them: the device, the by-id link and the serial number in sysfs.
struct DeviceNodes: Sendable {
    let files: Files
    let volume: String
    /// Such as `nvme1n1`.
    let node: String

    private var serial: String { volume.split(separator: "-").joined() }
    private var link: String { "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_\(serial)" }

    /// What the device is.
    enum Backing: Sendable, Equatable {
        /// A loop device of the machine, `/dev/loop3`.
        case loop(String)
        /// The image file itself, for who may not make devices.
        case file(String)
    }

    /// The device itself comes last: whoever sees it finds the rest.
    func make(_ backing: Backing, sizeGiB: Int) throws {
        try files.makeDirectory("/sys/block/\(node)/device")
        try files.write(serial + "\n", to: "/sys/block/\(node)/device/serial")
        try files.write(
            "Amazon Elastic Block Store\n", to: "/sys/block/\(node)/device/model")
        try files.write("\(sizeGiB << 21)\n", to: "/sys/block/\(node)/size")
        try files.makeDirectory("/dev/disk/by-id")
        try files.symlink(link, to: "../../\(node)")
        let path = try files.resolve("/dev/\(node)")
        unlink(path)
        guard try make(path, backing) == 0 else {
            throw LabError("cannot make the device '\(path)': error \(errno)")
        }
    }

    private func make(_ path: String, _ backing: Backing) throws(LabError) -> Int32 {
        switch backing {
        case .file(let image): return Glibc.link(image, path)
        case .loop(let loop):
            guard let minor = Int(loop.drop { !$0.isNumber }) else {
                throw LabError("'\(loop)' is no loop device")
            }
            return mknod(path, S_IFBLK | 0o660, Self.number(VolumeImage.loopMajor, minor))
        }
    }

    func remove() throws {
        try files.remove("/dev/\(node)")
        try files.remove(link)
        try files.removeTree("/sys/block/\(node)")
    }

    /// gnu_dev_makedev of glibc's sys/sysmacros.h, which is a macro and so hidden from Swift.
    static func number(_ major: Int, _ minor: Int) -> dev_t {
        dev_t((major & 0xfff) << 8 | (minor & 0xff) | (minor & ~0xff) << 12)
    }
}
