internal import CLinux
internal import Glibc
internal import Host

/// Takes an instance's disks away from one moment to the next: what was not written to them is
/// lost, as when the power fails. A SIGKILL alone loses nothing, since the kernel writes its cache
/// back when a file system is unmounted.
struct PowerCut: Sendable {
    let first: ProcessIdentity
    /// `howdah local power`, in whose mount namespace the instance's own disk is mounted.
    let outer: ProcessIdentity?
    let folder: String

    func shutDisksDown(_ record: InstanceRecord) throws {
        for path in try volumeMounts() { try shutDown(path) }
        if let outer, outer.isAlive() {
            try shutDown("/proc/\(outer.pid)/root\(folder)\(ContainerPaths.diskMount)")
        }
    }

    /// Where its loop devices are mounted, one path a file system.
    private func volumeMounts() throws -> [String] {
        var seen: Set<String> = []
        return try Mounts(process: first.pid).entries().filter {
            $0.device.hasPrefix("\(LoopImage.major):") && seen.insert($0.device).inserted
        }.map { "/proc/\(first.pid)/root\($0.mountPoint)" }
    }

    private func shutDown(_ path: String) throws {
        let descriptor = howdah_open(path, O_RDONLY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw LabError("cannot open '\(path)': error \(errno)") }
        defer { close(descriptor) }
        guard howdah_shut_filesystem_down(descriptor) == 0 else {
            throw LabError(
                "cannot take the power from the file system at '\(path)': error \(errno)")
        }
    }
}
