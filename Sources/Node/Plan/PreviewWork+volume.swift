internal import AWS
internal import Cluster
internal import Host
internal import PanelAPI

extension PreviewWork {
    func volume(_ storage: Storage) -> StepPreview {
        let condition =
            storage.isInstanceStore
            ? "blank, and nothing was made on it since the instance was started"
            : "new and proven blank"
        var step = StepPreview(
            "volume \(storage.mount)", .later,
            [
                """
                wants \(storage.size) of \(storage.type) as \(storage.filesystem.rawValue) at \
                \(storage.mount); formatted only if it is \(condition)
                """,
                giver(of: storage),
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
        guard let mounted = try mounted(storage) else {
            step.later.append(Self.unknown(storage))
            if here.exists(storage.mount), let name = try? here.list(storage.mount).first {
                step.outlook = .fail
                step.actions.append(
                    "mount point '\(storage.mount)' is not empty, it holds '\(name)'; "
                        + "move that away")
                return
            }
            return try lookAtFstab(storage, nil, &step)
        }
        step.actions.append("'\(mounted.source)' (\(mounted.type)) is mounted there")
        guard let content = try? DeviceProbe.content(of: mounted.source),
            case .filesystem(let type, let uuid) = content
        else { return }
        step.outlook = .nothing
        step.later.append(Self.unproven(storage))
        let filesystem = FilesystemReport(type: type, uuid: uuid)
        try lookAtFstab(storage, filesystem, &step)
        let disk = Disk(
            volume: "", device: mounted.source, mount: storage.mount, paths: world.paths)
        guard !storage.isInstanceStore, let room = try? disk.room(filesystem) else { return }
        step.outlook = .change
        step.actions.append("it grows from \(room.used) to \(room.device) bytes")
    }

    /// Somebody else's line for this mount would stop the boot. A disk of the instance's own has
    /// no line.
    private func lookAtFstab(
        _ storage: Storage, _ filesystem: FilesystemReport?, _ step: inout StepPreview
    ) throws {
        guard !storage.isInstanceStore else { return }
        let old = try world.paths.files.textIfPresent("/etc/fstab")
        let line = FstabLine(
            uuid: filesystem?.uuid ?? "(the volume's)", mount: storage.mount,
            type: filesystem?.type ?? storage.filesystem.rawValue)
        let new = try line.replacing(in: old ?? "")
        // Without the volume a line of ours says as much as this one.
        if filesystem == nil, line.isListed(in: old ?? "") { return }
        guard let diff = UnifiedDiff.text(from: old, to: new, path: "/etc/fstab") else { return }
        step.outlook = .change
        step.diffs = [diff]
    }

    /// Where the volume comes from.
    private func giver(of storage: Storage) -> String {
        if storage.isInstanceStore { return "takes a disk that the instance's machine has" }
        switch storage.by {
        case .panel: return "claims it from the panel, which makes and attaches it"
        case .role:
            let role = plan.facts.iamRole.map { "the IAM role '\($0)'" } ?? "its own credentials"
            return "finds it by its tags or makes it, and attaches it, at EC2 with \(role)"
        }
    }

    private static func unknown(_ storage: Storage) -> String {
        if storage.isInstanceStore { return "which disk, and its UUID: looked for then" }
        return "which volume, its device and its UUID: "
            + (storage.by == .role ? "EC2 says" : "the claim says")
    }

    private static func unproven(_ storage: Storage) -> String {
        if storage.isInstanceStore {
            return "whether this node made it since the instance was started"
        }
        return "whether \(storage.by == .role ? "the volume's tags have" : "the panel knows") "
            + "this very file system for the claim"
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
