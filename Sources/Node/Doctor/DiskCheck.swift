internal import Doctor
internal import PanelAPI

/// How full the file systems are, and whether the volumes are mounted. Deciding only.
enum DiskCheck {
    static let check = "disks"
    /// Percent in use.
    static let noticed = 90.0
    static let full = 98.0

    static func findings(_ mounts: [MountSpace]) -> [Finding] {
        mounts.map { mount in
            guard mount.isMounted else {
                return .wrong(
                    check, "no volume is mounted at \(mount.mount)",
                    remedy: "see howdah-node status for the step 'volume \(mount.mount)', "
                        + "then howdah-node boot")
            }
            guard let bytes = mount.bytes, let available = mount.availableBytes, bytes > 0 else {
                return .warning(
                    check, "\(mount.mount) does not say how full it is",
                    remedy: "see the kernel's log for errors of its disk")
            }
            let used = ((bytes - available) / bytes * 1000).rounded() / 10
            let inodes = mount.usedInodesPercent ?? 0
            let size = "\((bytes / Double(1 << 30) * 10).rounded() / 10) GiB"
            let text = "\(mount.mount): \(used) % of \(size), \(inodes) % of the inodes"
            guard max(used, inodes) >= noticed else { return .fine(check, text) }
            return Finding(
                check, max(used, inodes) >= full ? .wrong : .warning, text,
                remedy: mount.mount == "/"
                    ? "make room: logs are below /var/log"
                    : "make the volume bigger, or let the balancer move blocks to other nodes")
        }
    }
}
