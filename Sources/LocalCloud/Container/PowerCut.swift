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
    /// Its own disk and its volumes, such as `/dev/loop3`. All other file systems that it sees are
    /// somebody else's: the lab's folder is bound into it, and may be on a loop device too.
    let loops: [String]

    /// Goes on where one of them fails, and throws the first error at the end.
    func shutDisksDown() throws {
        let minors = try loops.map { try LoopImage.minor($0) }
        let numbers = minors.map { DeviceNodes.number(LoopImage.major, $0) }
        var failure: (any Error)?
        for path in try volumeMounts(minors) + rootMount {
            do {
                try shutDown(path, ifOn: numbers)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private var rootMount: [String] {
        guard let outer, outer.isAlive() else { return [] }
        return ["/proc/\(outer.pid)/root\(folder)\(ContainerPaths.diskMount)"]
    }

    /// All mounts of its loop devices: something else may be mounted over one of them.
    private func volumeMounts(_ minors: [Int]) throws -> [String] {
        let devices = minors.map { "\(LoopImage.major):\($0)" }
        return try Mounts(process: first.pid).entries().filter { devices.contains($0.device) }
            .map { "/proc/\(first.pid)/root\($0.mountPoint)" }
    }

    /// What is there may have changed since its path was found, so the opened one decides. EIO
    /// comes from a file system that is shut down already.
    private func shutDown(_ path: String, ifOn devices: [dev_t]) throws(LabError) {
        let descriptor = howdah_open(path, O_RDONLY | O_CLOEXEC, 0)
        if descriptor < 0, errno == EIO { return }
        guard descriptor >= 0 else { throw LabError("cannot open '\(path)': error \(errno)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw LabError("cannot look at '\(path)': error \(errno)")
        }
        guard devices.contains(status.st_dev) else { return }
        guard howdah_shut_filesystem_down(descriptor) == 0 || errno == EIO else {
            throw LabError(
                "cannot take the power from the file system at '\(path)': error \(errno)")
        }
    }
}
