/// A disk of the machine that an instance runs on, which is gone when the instance stops.
public struct InstanceStoreDisk: Sendable, Equatable {
    /// Of the device.
    public let path: String
    /// NVMe's serial number, of this one disk in the world; else the name that metadata has for it.
    public let id: String

    public init(path: String, id: String) {
        self.path = path
        self.id = id
    }
}

extension BlockDevices {
    /// What Amazon's NVMe disks call themselves (Amazon EC2 User Guide, "Identify EBS volumes and
    /// instance store volumes").
    static let instanceStoreModel = "Amazon EC2 NVMe Instance Storage"

    /// The instance's own disks, in an order that a restart does not change. `mapped`: what
    /// `block-device-mapping/ephemeralN` in metadata names, such as `sdb`, which is all that Xen
    /// has; it may name disks that are not there.
    public func instanceStore(mapped: [String]) throws -> [InstanceStoreDisk] {
        let files = Files(root: paths.sys)
        guard files.exists("/block") else { return [] }
        let names = try files.list("/block")
        func text(_ name: String, _ attribute: String) throws -> String? {
            try files.textIfPresent("/block/\(name)/device/\(attribute)", limit: 4096)
                .map { String($0.trimming { $0.isWhitespace || $0 == "\0" }) }
        }
        let express = try names.compactMap { name -> InstanceStoreDisk? in
            guard try text(name, "model") == Self.instanceStoreModel, let path = existing(name)
            else { return nil }
            let serial = try text(name, "serial") ?? ""
            return InstanceStoreDisk(path: path, id: serial.isEmpty ? name : serial)
        }
        if !express.isEmpty { return express.sorted { $0.id < $1.id } }
        return mapped.compactMap { device in
            let name = String(device.split(separator: "/").last ?? "")
            let xen = name.hasPrefix("sd") ? "xvd" + name.dropFirst(2) : name
            for candidate in [xen, name] where names.contains(candidate) {
                if let path = existing(candidate) { return InstanceStoreDisk(path: path, id: name) }
            }
            return nil
        }
    }
}

extension StringProtocol {
    fileprivate func trimming(_ isRemoved: (Character) -> Bool) -> SubSequence {
        guard let first = firstIndex(where: { !isRemoved($0) }),
            let last = lastIndex(where: { !isRemoved($0) })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
