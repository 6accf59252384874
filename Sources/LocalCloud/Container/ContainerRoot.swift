internal import CLinux
internal import Glibc
internal import Host

/// An instance's root: its own disk above the image's tree, in this process's mount namespace.
struct ContainerRoot: Sendable {
    let configuration: PowerConfiguration

    private static let upper = "/upper"
    private static let work = "/work"
    private static let seeded = "/seeded"
    /// Where systemd-nspawn keeps locks, which would outlive a SIGKILL.
    private static let locks = "/run/systemd/nspawn"

    private var files: Files { Files(root: configuration.folder) }

    /// Paths in an overlay's options are relative: a colon or a comma in the folder's own name
    /// would end them (Documentation/filesystems/overlayfs.rst of Linux).
    func mount() throws {
        guard chdir(configuration.folder) == 0 else {
            throw LabError("cannot enter '\(configuration.folder)': error \(errno)")
        }
        try Self.mount(
            configuration.device, ContainerPaths.diskMount, type: "xfs", flags: MS_NOATIME)
        let disk = Files(root: configuration.folder + ContainerPaths.diskMount)
        try disk.makeDirectory(Self.upper)
        try disk.makeDirectory(Self.work)
        try Self.mount(configuration.image, ContainerPaths.imageMount, flags: MS_BIND)
        try Self.mount(
            "overlay", ContainerPaths.root, type: "overlay",
            options: "lowerdir=\(Self.relative(ContainerPaths.imageMount)),"
                + "upperdir=\(Self.relative(ContainerPaths.diskMount))\(Self.upper),"
                + "workdir=\(Self.relative(ContainerPaths.diskMount))\(Self.work)")
        try Files().makeDirectory(Self.locks)
        try Self.mount("tmpfs", Self.locks, isInFolder: false, type: "tmpfs")
        try forgetNetworks()
        try seed(disk)
    }

    /// Our copies of the named network namespaces would keep those of terminated instances alive.
    private func forgetNetworks() throws {
        for entry in try Mounts().entries().reversed()
        where entry.mountPoint.hasPrefix("/run/netns/") {
            umount2(entry.mountPoint, Int32(MNT_DETACH))
        }
    }

    /// Once, and then never again: from there on the instance's files are its own.
    private func seed(_ disk: Files) throws {
        guard !disk.exists(Self.seeded) else { return }
        try configuration.seed.write(
            to: Files(root: configuration.folder + ContainerPaths.root))
        sync()
        try disk.write("", to: Self.seeded)
    }

    private static func relative(_ name: String) -> String { String(name.drop { $0 == "/" }) }

    private static func mount(
        _ source: String, _ name: String, isInFolder: Bool = true, type: String? = nil,
        flags: Int = 0, options: String? = nil
    ) throws(LabError) {
        let target = isInFolder ? relative(name) : name
        guard CLinux.mount(source, target, type, UInt(flags), options) == 0 else {
            throw LabError("cannot mount '\(source)' at '\(name)': error \(errno)")
        }
    }
}
