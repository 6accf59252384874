/// Under which names an instance sees its EBS volumes (Amazon EC2 User Guide, "Amazon EBS volumes
/// and NVMe" and "Device names for volumes").
enum DeviceFamily: Sendable, Equatable {
    /// `nvme1n1`, in the order of attachment, with a serial number that is the volume's id.
    case nitro
    /// The name that EC2 was asked for, as Linux's Xen driver spells it; nothing says which volume
    /// it is.
    case xen

    /// Families that are not built on Nitro (Amazon EC2 Instance Types, "Hypervisor type").
    private static let xenFamilies: Set<String> = [
        "c1", "c3", "c4", "cc2", "cr1", "d2", "f1", "g2", "g3", "g3s", "h1", "hs1", "i2", "i3",
        "m1", "m2", "m3", "m4", "p2", "p3", "r3", "r4", "t1", "t2", "x1", "x1e",
    ]

    /// `t2.medium` is Xen's. A bare metal instance has NVMe whatever its family.
    init(instanceType: String) {
        let parts = instanceType.split(separator: ".")
        let isXen = Self.xenFamilies.contains(parts.first.map(String.init) ?? "")
        self = isXen && parts.last != "metal" ? .xen : .nitro
    }

    /// The name below `/dev` of a volume that is attached as `device` (`/dev/sdf`).
    func node(device: String, taken: Set<String>) -> String {
        switch self {
        case .nitro:
            var number = 1
            while taken.contains("nvme\(number)n1") { number += 1 }
            return "nvme\(number)n1"
        case .xen:
            let name = device.split(separator: "/").last.map(String.init) ?? device
            return name.hasPrefix("sd") ? "xvd" + name.dropFirst(2) : name
        }
    }
}
