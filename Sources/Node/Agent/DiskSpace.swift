internal import Cluster
internal import Glibc
internal import Host
internal import PanelAPI

/// How full the root and the cluster's volumes are.
struct DiskSpace: Sendable {
    let paths: HostPaths
    /// As the cluster file has them.
    let mounts: [String]
    /// Plain folders stand for mounts, in a light instance of who may not mount.
    var hasPlainMounts = false

    func look() -> [MountSpace] {
        let mounted = Set(
            ((try? Mounts(proc: paths.proc).entries()) ?? []).map(\.mountPoint))
        return (["/"] + mounts).prefix(Heartbeat.maximumMounts).map { mount in
            let path = paths.inside(mount)
            let isThere = mount == "/" || hasPlainMounts || mounted.contains(path)
            guard isThere, let space = Self.space(of: path, mount) else {
                return MountSpace(mount: mount, isMounted: isThere)
            }
            return space
        }
    }

    /// Nil where the file system does not answer (statvfs(3)).
    static func space(of path: String, _ mount: String) -> MountSpace? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let unit = Double(status.f_frsize)
        let inodes = Double(status.f_files)
        let used = inodes - Double(status.f_ffree)
        return MountSpace(
            mount: mount, isMounted: true, bytes: unit * Double(status.f_blocks),
            availableBytes: unit * Double(status.f_bavail),
            usedInodesPercent: inodes > 0 ? (used / inodes * 1000).rounded() / 10 : nil)
    }
}
