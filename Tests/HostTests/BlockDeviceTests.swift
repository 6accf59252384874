import Testing

@testable import Host

@Suite struct BlockDeviceTests {
    let folder: Folder
    let devices: BlockDevices

    init() throws {
        folder = try Folder()
        devices = BlockDevices(HostPaths(root: folder.path))
        for directory in ["/dev/disk/by-id", "/sys/block/nvme0n1/device"] {
            try folder.files.makeDirectory(directory)
        }
        try folder.files.write("vol00000000000000001\n", to: "/sys/block/nvme0n1/device/serial")
        try folder.files.write("", to: "/dev/nvme0n1")
    }

    func add(_ name: String, serial: String) throws {
        try folder.files.makeDirectory("/sys/block/\(name)/device")
        try folder.files.write("\(serial)  \n", to: "/sys/block/\(name)/device/serial")
        try folder.files.write("", to: "/dev/\(name)")
    }

    @Test func `the serial number decides, not the name`() throws {
        try add("nvme7n1", serial: "vol0123456789abcdef0")
        #expect(
            try devices.find(volumeID: "vol-0123456789abcdef0", attachedAs: "/dev/sdf")
                == folder.path + "/dev/nvme7n1")
    }

    @Test func `a link by id is enough`() throws {
        try folder.files.write("", to: "/dev/nvme2n1")
        try folder.files.symlink(
            "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol05", to: "../../nvme2n1")
        #expect(
            try devices.find(volumeID: "vol-05", attachedAs: nil) == folder.path + "/dev/nvme2n1")
    }

    @Test func `Xen has the name that was asked for`() throws {
        #expect(try devices.find(volumeID: "vol-05", attachedAs: "/dev/sdf") == nil)
        try folder.files.makeDirectory("/sys/block/xvdf")
        try folder.files.write("", to: "/dev/xvdf")
        #expect(
            try devices.find(volumeID: "vol-05", attachedAs: "/dev/sdf")
                == folder.path + "/dev/xvdf")
    }

    @Test func `two devices with one id are an error`() throws {
        try add("nvme3n1", serial: "vol05")
        try add("nvme4n1", serial: "vol05")
        #expect(throws: DeviceError.self) {
            try devices.find(volumeID: "vol-05", attachedAs: nil)
        }
    }

    @Test func `disks of the instance's own are known by their model, in order of their serials`()
        throws
    {
        for (name, serial) in [("nvme1n1", "AWS22B"), ("nvme2n1", "AWS11A"), ("nvme3n1", "vol05")] {
            try add(name, serial: serial)
            let isVolume = serial.hasPrefix("vol")
            try folder.files.write(
                (isVolume ? "Amazon Elastic Block Store" : BlockDevices.instanceStoreModel)
                    + "  \n",
                to: "/sys/block/\(name)/device/model")
        }
        #expect(
            try devices.instanceStore(mapped: ["sdb"]) == [
                InstanceStoreDisk(path: folder.path + "/dev/nvme2n1", id: "AWS11A"),
                InstanceStoreDisk(path: folder.path + "/dev/nvme1n1", id: "AWS22B"),
            ])
    }

    @Test func `on Xen metadata names them, some that are not there too`() throws {
        #expect(try devices.instanceStore(mapped: ["sdb", "/dev/sdc"]) == [])
        try folder.files.makeDirectory("/sys/block/xvdb")
        try folder.files.write("", to: "/dev/xvdb")
        #expect(
            try devices.instanceStore(mapped: ["sdb", "/dev/sdc"]) == [
                InstanceStoreDisk(path: folder.path + "/dev/xvdb", id: "sdb")
            ])
    }

    @Test func `another volume's device is never taken, and the wait says what for`() async throws {
        let error = await #expect(throws: DeadlinePassed.self) {
            try await devices.wait(
                volumeID: "vol-05", attachedAs: "/dev/nvme0n1", deadline: .zero,
                clock: ContinuousClock())
        }
        #expect(error?.description.contains("'vol-05'") == true)
    }

    @Test func `the kernel's escapes in mount points are read`() throws {
        let line = #"36 35 98:0 /mnt1 /a\040b\134c rw,noatime master:1 - ext3 /dev/root rw"#
        let entry = try #require(MountEntry(line: line))
        #expect(entry.mountPoint == #"/a b\c"#)
        #expect(entry.device == "98:0")
        #expect(entry.root == "/mnt1")
        #expect(entry.type == "ext3")
        #expect(MountEntry(line: "nonsense") == nil)
    }
}
