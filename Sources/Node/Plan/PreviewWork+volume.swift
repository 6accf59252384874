internal import Cluster
internal import Host

extension PreviewWork {
    func volume(_ storage: Storage) -> StepPreview {
        var step = StepPreview(
            "volume \(storage.mount)", .later,
            [
                """
                wants \(storage.size) of \(storage.type) as \(storage.filesystem.rawValue) at \
                \(storage.mount); a new volume is formatted only if it is proven blank
                """
            ])
        let here = world.paths.files
        let standIn = "\(storage.mount)/\(Disk.standInName)"
        if world.isLight, here.exists(standIn) {
            step.outlook = .nothing
            step.actions.append("a plain folder stands for the mount")
            return step
        }
        do {
            try look(at: storage, &step)
        } catch {
            step.outlook = .fail
            step.actions.append("\(error)")
        }
        return step
    }

    private func look(at storage: Storage, _ step: inout StepPreview) throws {
        let here = world.paths.files
        let fstab = try here.textIfPresent("/etc/fstab")
        let mounted = try mounted(storage)
        let held = mounted.flatMap { try? DeviceProbe.content(of: $0.source) }
        if let mounted {
            step.actions.append("'\(mounted.source)' (\(mounted.type)) is mounted there")
        } else {
            step.later.append("which volume, its device and its UUID: the claim says")
            if here.exists(storage.mount), let name = try? here.list(storage.mount).first {
                step.outlook = .fail
                step.actions.append(
                    "mount point '\(storage.mount)' is not empty, it holds '\(name)'; "
                        + "move that away")
                return
            }
        }
        guard case .filesystem(let type, let uuid)? = held else {
            // Somebody else's line for this mount would stop the boot.
            let line = FstabLine(
                uuid: "(the volume's)", mount: storage.mount, type: storage.filesystem.rawValue)
            let new = try line.replacing(in: fstab ?? "")
            let isThere = fstab?.contains(FstabLine.comment) == true
            if mounted == nil, !isThere,
                let diff = UnifiedDiff.text(from: fstab, to: new, path: "/etc/fstab")
            {
                step.outlook = .change
                step.diffs = [diff]
            }
            return
        }
        let line = FstabLine(uuid: uuid, mount: storage.mount, type: type)
        let new = try line.replacing(in: fstab ?? "")
        let diff = UnifiedDiff.text(from: fstab, to: new, path: "/etc/fstab")
        step.outlook = diff == nil ? .nothing : .change
        step.diffs = diff.map { [$0] } ?? []
        step.later.append("whether the panel knows this very file system for the claim")
    }

    private func mounted(_ storage: Storage) throws -> MountEntry? {
        let path = world.paths.inside(storage.mount)
        guard Files().exists(path) else { return nil }
        return try Mounts(proc: world.paths.proc).entry(at: try Files().canonical(path))
    }

    /// Below a mount that is not there now: what is seen in its place says nothing.
    func hiddenMount(above path: String) -> String? {
        plan.cluster.storage.first { storage in
            path.hasPrefix(world.paths.inside(storage.mount) + "/")
                && (try? mounted(storage)) == nil
                && !world.paths.files.exists("\(storage.mount)/\(Disk.standInName)")
        }?.mount
    }
}
