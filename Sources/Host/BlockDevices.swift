/// Finds the device of a volume by the volume's id, never by guessing an `nvmeN` name: those follow
/// the order of attachment (Amazon EBS User Guide, "Identify the EBS device").
public struct BlockDevices: Sendable {
    private static let linkPrefix = "nvme-Amazon_Elastic_Block_Store_"
    static let pollInterval = Duration.milliseconds(200)

    let paths: HostPaths

    public init(_ paths: HostPaths) {
        self.paths = paths
    }

    /// Path of the device; nil while it is not there. `attachedAs` is the name that EC2 was asked
    /// for (`/dev/sdf`), which decides on Xen alone, where disks bear no volume id.
    public func find(volumeID: String, attachedAs: String?) throws -> String? {
        let serial = volumeID.split(separator: "-").joined()
        let bySerial = try names(serial: serial)
        guard bySerial.count < 2 else {
            throw DeviceError(
                device: bySerial.joined(separator: "', '"),
                reason: "each says that it is volume '\(volumeID)'; detach all but one")
        }
        if let name = bySerial.first { return existing(name) }
        if let link = try linked(serial) { return existing(link) }
        return xen(attachedAs).flatMap(existing)
    }

    /// As `find`, but waits: EC2 calls a volume attached before its device is there.
    public func wait(
        volumeID: String, attachedAs: String?, deadline: Duration, clock: any Clock<Duration>
    ) async throws -> String {
        try await poll(
            every: Self.pollInterval, for: deadline, clock: clock,
            what: "the device of volume '\(volumeID)' to appear in '\(paths.dev)'; "
                + "check that it is attached to this instance"
        ) { try find(volumeID: volumeID, attachedAs: attachedAs) }
    }

    private func names(serial: String) throws -> [String] {
        let files = Files(root: paths.sys)
        guard files.exists("/block") else { return [] }
        return try files.list("/block").filter { name in
            let text = try files.textIfPresent("/block/\(name)/device/serial", limit: 4096)
            return text?.filter { !$0.isWhitespace && $0 != "\0" } == serial
        }
    }

    private func linked(_ serial: String) throws -> String? {
        let target = try Files(root: paths.dev).linkTarget(
            "/disk/by-id/\(Self.linkPrefix)\(serial)")
        return target?.split(separator: "/").last.map(String.init)
    }

    /// `/dev/sdf` is `/dev/xvdf` there.
    private func xen(_ attachedAs: String?) -> String? {
        guard let name = attachedAs?.split(separator: "/").last, name.hasPrefix("sd"),
            Files(root: paths.sys).exists("/block/xvd\(name.dropFirst(2))")
        else { return nil }
        return "xvd\(name.dropFirst(2))"
    }

    func existing(_ name: String) -> String? {
        Files(root: paths.dev).exists("/\(name)") ? HostPaths.join(paths.dev, "/\(name)") : nil
    }
}
