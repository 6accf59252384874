internal import Host

/// Whose load `/proc/loadavg` tells.
enum LoadScope {
    static let containerMark = "/run/systemd/container"

    /// In a container the file is its whole host's, unless something of the container's own, such
    /// as lxcfs, is mounted over it. Deciding only.
    static func isHostWide(mounts: [MountEntry], proc: String, isContainer: Bool) -> Bool {
        isContainer && !mounts.contains { $0.mountPoint == proc + "/loadavg" }
    }

    static func isHostWide(_ world: NodeWorld) throws -> Bool {
        isHostWide(
            mounts: try Mounts(proc: world.paths.proc).entries(), proc: world.paths.proc,
            isContainer: world.isLight || world.paths.files.exists(containerMark))
    }
}
