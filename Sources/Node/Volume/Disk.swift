internal import Host
internal import PanelAPI

/// A volume's device and where it belongs.
struct Disk: Sendable {
    let volume: String
    let device: String
    /// The instance's own path.
    let mount: String
    let paths: HostPaths

    /// The file system, if this very device is mounted where it belongs. Another one there is an
    /// error.
    func alreadyMounted() throws -> FilesystemReport? {
        let path = paths.inside(mount)
        guard Files().exists(path),
            let entry = try Mounts(proc: paths.proc).entry(at: try Files().canonical(path))
        else { return nil }
        let number = try Mounts.number(of: device)
        guard entry.device == number else {
            throw VolumeError(
                "'\(mount)' has '\(entry.source)' (\(entry.device)) mounted, not volume "
                    + "'\(volume)' (\(number)); unmount it")
        }
        guard case .filesystem(let type, let uuid) = try content() else {
            throw error("is mounted, but no file system is seen on it", "look at the kernel's log")
        }
        return FilesystemReport(type: type, uuid: uuid)
    }

    /// What is on the device now. Changes nothing.
    func content() throws -> DeviceContent {
        do {
            return try DeviceProbe.content(of: device)
        } catch {
            throw self.error(
                "cannot be judged: \(error)",
                "nothing is written to it: look at the kernel's log, or launch a new instance, "
                    + "which gets a new volume")
        }
    }

    /// Throws unless the file system on the device is finished and all there, so that the kernel
    /// can mount it; its own refusals say neither.
    func checkWhole(_ filesystem: FilesystemReport) throws {
        guard try !DeviceProbe.isBeingMade(device) else {
            throw error(
                "holds a file system '\(filesystem.type)' that was never finished", Self.kept)
        }
        let size = try DeviceProbe.size(of: device)
        if let needed = try FilesystemSize.onDisk(filesystem.type, device), needed > size {
            throw error(
                "holds \(filesystem.type) \(filesystem.uuid) of \(needed) bytes, "
                    + "and has only \(size)",
                "it is not mounted: attach the whole volume, or restore it from a snapshot")
        }
    }

    static let kept =
        "it is never formatted: look at it on another instance, or launch a new one, "
        + "which gets a new volume"

    static let fstabLock = StateStore.directory + "/fstab.lock"
    static let fstabPatience = Duration.seconds(30)

    /// Has a line for this file system in `/etc/fstab`; false if it was there.
    func listInFstab(_ filesystem: FilesystemReport) throws -> Bool {
        let here = paths.files
        let line = FstabLine(uuid: filesystem.uuid, mount: mount, type: filesystem.type)
        for folder in ["/etc", StateStore.directory] { try here.makeDirectory(folder) }
        // The steps of several volumes are run side by side.
        let lock = try FileLock.take(Self.fstabLock, in: here, within: Self.fstabPatience)
        let old = try here.textIfPresent("/etc/fstab") ?? ""
        let isNew = try here.writeIfChanged(try line.replacing(in: old), to: "/etc/fstab")
        _ = consume lock
        return isNew
    }

    /// Mounts the device if it still holds this file system.
    func mountHere(_ filesystem: FilesystemReport) async throws {
        try await closeMountPoint()
        let content = try content()
        guard content == .filesystem(type: filesystem.type, uuid: filesystem.uuid) else {
            throw error("should hold \(filesystem.uuid), and holds \(content)", "boot again")
        }
        let mounts = Mounts(proc: paths.proc)
        let path = try Files().canonical(paths.inside(mount))
        try mounts.mount(device, at: path, type: filesystem.type)
        let number = try Mounts.number(of: device)
        guard try mounts.entry(at: path)?.device == number else {
            throw error("was mounted, but is not seen at '\(mount)'", "boot again")
        }
        // A new file system has none, and confined programs may use nothing that has none.
        try await SELinux(paths).label(mount)
    }

    /// Without its disk the folder takes nothing, whoever tries: else it would fill the root file
    /// system.
    private func closeMountPoint() async throws {
        let here = paths.files
        if here.exists(mount) {
            let names = try here.list(mount)
            guard names.isEmpty else {
                throw VolumeError(
                    "mount point '\(mount)' is not empty, it holds '\(names[0])'; move that away")
            }
        }
        try here.makeDirectory(mount, mode: 0)
        // Its owner could open it again.
        try here.changeOwner(mount, user: 0, group: 0)
        try await SELinux(paths).label(mount)
    }

    /// In a plain folder: the file system that it stands for.
    static let standInName = ".howdah-volume"

    /// Makes a plain folder that stands for the mount of this file system; false if it is there.
    /// One that stands for another, or holds what is not ours, is an error.
    func standIn(_ filesystem: FilesystemReport) throws -> Bool {
        let here = paths.files
        let path = "\(mount)/\(Self.standInName)"
        if let text = try here.textIfPresent(path) {
            guard text == filesystem.uuid + "\n" else {
                throw VolumeError(
                    "'\(mount)' stands for the file system \(text.prefix { $0 != "\n" }), not for "
                        + "\(filesystem.uuid) of volume '\(volume)'; move it away")
            }
            return false
        }
        if here.exists(mount), let name = try here.list(mount).first {
            throw VolumeError(
                "'\(mount)' is to stand for volume '\(volume)', but it holds '\(name)'; "
                    + "move that away")
        }
        try here.makeDirectory(mount, mode: 0o755)
        try here.write(filesystem.uuid + "\n", to: path)
        return true
    }

    func error(_ found: String, _ remedy: String) -> VolumeError {
        VolumeError("volume '\(volume)' (device '\(device)') \(found); \(remedy)")
    }
}
