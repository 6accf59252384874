internal import AWS
internal import Host
internal import Transfer

/// Follows what EC2 says: looks, decides, acts, twice a second.
public struct Hypervisor: Sendable {
    static let name = "hypervisor"
    static let interval = Duration.milliseconds(500)

    let folder: StateFolder
    let lab: Lab
    let tools: Tools
    let program: String
    let source: any CloudSource
    /// Monotonic seconds since the machine's start.
    let now: @Sendable () -> Double
    let say: @Sendable (String) -> Void

    /// Runs until it is ended. A failed look or step is said and tried again at the next turn.
    public static func run(folder: StateFolder, program: String) async throws {
        let lab = try folder.readLab()
        let cloud = try LabClients(folder: folder)
        let hypervisor = Hypervisor(
            folder: folder, lab: lab,
            tools: try Tools.locate(environment: ProcessEnvironment.current, withServices: false),
            program: program, source: EC2Source(client: try cloud.ec2(.hypervisor)),
            now: MonotonicTime.seconds,
            say: LogLine.write)
        while !Task.isCancelled {
            await hypervisor.turn()
            try await Task.sleep(for: interval)
        }
    }

    func turn() async {
        do {
            let wanted = try await source.view()
            let actions = Decision.actions(wanted: wanted, here: try look(), now: now())
            for action in actions { await perform(action) }
        } catch {
            // No answer means no decision: everything stays as it is.
            say("cannot look: \(error)")
        }
    }

    func look() throws -> MachineView {
        let records = try InstanceStore(folder: folder).all()
        let processes = OwnedProcesses(folder: folder, lab: lab, tools: tools)
        var view = MachineView(
            instances: records, alive: [],
            metadataAlive: Set(
                try records.map(\.id).filter {
                    try processes.isAlive(InstanceSite.metadataName($0))
                }),
            images: try VolumeImage.ids(folder), rebootRequests: try Requests(folder).all())
        for record in records {
            let instance = instance(record.id)
            if try instance.isAlive {
                view.alive.insert(record.id)
                for disk in record.disks where !instance.isShown(disk) {
                    view.hidden[disk.volume] = record.id
                }
            } else {
                view.ends[record.id] = try instance.end()
            }
        }
        return view
    }

    private func perform(_ action: HypervisorAction) async {
        do {
            say("\(action)")
            try await carryOut(action)
        } catch {
            say("\(action) failed: \(error)")
        }
    }

    private func carryOut(_ action: HypervisorAction) async throws {
        switch action {
        case .create(let wanted): try await instance(wanted.id).create(wanted)
        case .startMetadata(let id): try site(id).startMetadata()
        case .powerOn(let id): try await instance(id).powerOn()
        case .beginEnding(let id): try instance(id).beginEnding(isReboot: false, now: now())
        case .beginReboot(let id): try instance(id).beginEnding(isReboot: true, now: now())
        case .cutPower(let id): try await instance(id).cutPower()
        case .markOff(let id): try await instance(id).markOff()
        case .reportStopped(let id): try await source.stop(id)
        case .destroy(let id): try await instance(id).destroy()
        case .attach(let volume, let size, let id, let device):
            try await attach(volume, size, id, device)
        case .show(let volume, let id): try await show(volume, id)
        case .detach(let volume, let id): try await detach(volume, id)
        case .deleteImage(let volume): try await image(volume).delete()
        case .clearRequest(let id): try Requests(folder).clear(id)
        }
    }

    private func site(_ id: String) -> InstanceSite {
        InstanceSite(folder: folder, lab: lab, tools: tools, program: program, id: id)
    }

    private func instance(_ id: String) -> any Instance { site(id).instance }

    private func image(_ id: String) -> VolumeImage {
        VolumeImage(folder: folder, tools: tools, id: id)
    }

    /// The record comes last where the device can be made: one without a device is looked after at
    /// the next turn.
    private func attach(
        _ volume: String, _ sizeGiB: Int, _ id: String, _ device: String
    ) async throws {
        try image(volume).make(sizeGiB: sizeGiB)
        let store = InstanceStore(folder: folder)
        let disk = InstanceRecord.Disk(
            volume: volume, device: device, node: try store.read(id).node(for: device),
            sizeGiB: sizeGiB)
        try await instance(id).show(disk)
        try store.change(id) { $0.disks.append(disk) }
    }

    private func show(_ volume: String, _ id: String) async throws {
        for disk in try InstanceStore(folder: folder).read(id).disks where disk.volume == volume {
            try await instance(id).show(disk)
        }
    }

    private func detach(_ volume: String, _ id: String) async throws {
        let store = InstanceStore(folder: folder)
        for disk in try store.read(id).disks where disk.volume == volume {
            try await instance(id).hide(disk)
        }
        try await image(volume).detachLoop()
        try store.change(id) { $0.disks.removeAll { $0.volume == volume } }
    }
}
