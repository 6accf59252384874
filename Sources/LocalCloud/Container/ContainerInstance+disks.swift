internal import Host

/// Its volumes: devices in its own /dev, which lasts as long as it runs, and a folder of ours that
/// it sees as /sys/block.
extension ContainerInstance {
    func show(_ disk: InstanceRecord.Disk) async throws {
        let loop = try await site.volume(disk.volume).loop.attach()
        guard let first = firstProcess() else { return }
        try Self.show(disk, loop, first: first, folder: folder, groups)
    }

    static func show(
        _ disk: InstanceRecord.Disk, _ loop: String, first: ProcessIdentity, folder: String,
        _ groups: ControlGroups
    ) throws {
        let nodes = nodes(disk, first, folder)
        guard !nodes.isMade(loop) else { return }
        try groups.allow(loop)
        try nodes.make(.loop(loop))
    }

    func isShown(_ disk: InstanceRecord.Disk) -> Bool {
        guard let first = firstProcess() else { return true }
        return Self.nodes(disk, first, folder).isThere
    }

    func hide(_ disk: InstanceRecord.Disk) async throws {
        // The loop device's number is another volume's soon, which may be another instance's.
        let image = site.volume(disk.volume).path
        let loops = try await LoopImage.devices(image: image, tools: site.tools)
        for loop in loops + LoopImage.orphans(image: image) { try groups.deny(loop) }
        guard let first = firstProcess() else {
            return try Files(root: folder).removeTree("\(ContainerPaths.blocks)/\(disk.node)")
        }
        try Self.nodes(disk, first, folder).remove()
    }

    private static func nodes(
        _ disk: InstanceRecord.Disk, _ first: ProcessIdentity, _ folder: String
    ) -> DeviceNodes {
        DeviceNodes(
            devices: Files(root: "/proc/\(first.pid)/root/dev"),
            blocks: Files(root: folder + ContainerPaths.blocks), disk: disk)
    }
}
