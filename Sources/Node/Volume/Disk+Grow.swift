internal import Host
internal import PanelAPI

/// A volume is made bigger at EC2; its file system follows at the next boot. Never the other way.
extension Disk {
    /// Bytes that the device must have more, or it is left alone: xfs adds no allocation group that
    /// is smaller (xfs_growfs(8)), and mkfs itself leaves less than that unused.
    static let leastGrowth: UInt64 = 16 << 20
    static let growDeadline = Duration.seconds(300)

    /// Has the mounted file system fill its device; nil where it does. What it said, where it could
    /// not: that is no reason to keep data from those who read it.
    func grow(_ filesystem: FilesystemReport) async throws -> String? {
        let path = try Files().canonical(paths.inside(mount))
        let device = try DeviceProbe.size(of: device)
        func size() throws -> UInt64? {
            try FilesystemSize.mounted(filesystem.type, at: path, self.device)
        }
        guard let before = try size(), device >= before, device - before >= Self.leastGrowth else {
            return nil
        }
        do {
            switch filesystem.type {
            case "xfs":
                try await ProcessRunner().require(
                    "xfs_growfs", ["-d", path], deadline: Self.growDeadline)
            default:
                try await ProcessRunner().require(
                    "resize2fs", [self.device], deadline: Self.growDeadline)
            }
        } catch {
            return "could not grow from \(before) to \(device) bytes: \(error)"
        }
        let after = try size() ?? before
        return "grown from \(before) to \(after) bytes"
    }
}
