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
        guard let room = try room(filesystem) else { return nil }
        let path = try Files().canonical(paths.inside(mount))
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
            return "could not grow from \(room.used) to \(room.device) bytes: \(error)"
        }
        let after = try size(filesystem) ?? room.used
        return "grown from \(room.used) to \(after) bytes"
    }

    /// Bytes of the mounted file system and of its device; nil where there is nothing to fill.
    func room(_ filesystem: FilesystemReport) throws -> (used: UInt64, device: UInt64)? {
        let device = try DeviceProbe.size(of: device)
        guard let used = try size(filesystem), device >= used, device - used >= Self.leastGrowth
        else { return nil }
        return (used, device)
    }

    private func size(_ filesystem: FilesystemReport) throws -> UInt64? {
        let path = try Files().canonical(paths.inside(mount))
        return try FilesystemSize.mounted(filesystem.type, at: path, device)
    }
}
