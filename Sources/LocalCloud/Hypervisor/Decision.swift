/// One step that brings this machine closer to what EC2 says. Each may be done again.
enum HypervisorAction: Sendable, Equatable {
    /// Root folder and network.
    case create(CloudView.Instance)
    case startMetadata(instance: String)
    case powerOn(instance: String)
    /// It is asked to end.
    case beginEnding(instance: String)
    /// It is asked to start again.
    case beginReboot(instance: String)
    /// Its time to end is over, or nothing of it is wanted.
    case cutPower(instance: String)
    case markOff(instance: String)
    /// It was switched off from inside: EC2 is to say that it is stopped, which is what an
    /// instance's `InstanceInitiatedShutdownBehavior` says unless it was asked for otherwise.
    case reportStopped(instance: String)
    case destroy(instance: String)
    case attach(volume: String, sizeGiB: Int, instance: String, device: String)
    /// Its device is to be inside its instance again.
    case show(volume: String, instance: String)
    case detach(volume: String, instance: String)
    case deleteImage(volume: String)
    case clearRequest(instance: String)
}

/// What a hypervisor does next: what is wanted beside what there is. Does no I/O.
enum Decision {
    /// `now` is monotonic seconds.
    static func actions(
        wanted: CloudView, here: MachineView, now: Double
    ) -> [HypervisorAction] {
        var actions: [HypervisorAction] = []
        for record in here.instances {
            // EC2 names an ended instance for an hour: one it does not name at all says that EC2
            // forgot, not that the instance is to go.
            guard let instance = wanted.instances.first(where: { $0.id == record.id }) else {
                continue
            }
            actions += power(record, instance, here, now)
        }
        for instance in wanted.instances where isToRun(instance.state) {
            guard !here.instances.contains(where: { $0.id == instance.id }) else { continue }
            actions += [.create(instance), .startMetadata(instance: instance.id)]
            if !instance.isMachine { actions.append(.powerOn(instance: instance.id)) }
        }
        for id in here.rebootRequests.sorted()
        where !here.instances.contains(where: { $0.id == id }) {
            actions.append(.clearRequest(instance: id))
        }
        return actions + disks(wanted, here)
    }

    private static func isToRun(_ state: CloudView.Instance.State) -> Bool {
        state == .pending || state == .running
    }

    private static func power(
        _ record: InstanceRecord, _ instance: CloudView.Instance, _ here: MachineView,
        _ now: Double
    ) -> [HypervisorAction] {
        let (id, state) = (record.id, instance.state)
        let isAlive = here.alive.contains(id)
        var actions: [HypervisorAction] = []
        if isToRun(state), !here.metadataAlive.contains(id) {
            actions.append(.startMetadata(instance: id))
        }
        switch state {
        case _ where instance.isMachine && isToRun(state):
            break
        case .pending, .running:
            actions += running(record, isAlive, here, now)
        case .stopping, .stopped:
            actions += stopped(record, isAlive, now)
        case .shuttingDown, .terminated:
            actions += isAlive ? [.cutPower(instance: id)] : [.destroy(instance: id)]
        }
        return actions
    }

    private static func running(
        _ record: InstanceRecord, _ isAlive: Bool, _ here: MachineView, _ now: Double
    ) -> [HypervisorAction] {
        let id = record.id
        let isReboot = here.rebootRequests.contains(id)
        switch record.power {
        case .off:
            return [.powerOn(instance: id)] + (isReboot ? [.clearRequest(instance: id)] : [])
        case .on where isReboot && isAlive:
            return [.beginReboot(instance: id), .clearRequest(instance: id)]
        case .on where isReboot:
            return [.powerOn(instance: id), .clearRequest(instance: id)]
        case .on where isAlive:
            return []
        case .on:
            return ended(id, here.ends[id] ?? .lost)
        case .ending(let deadline):
            // A reboot, or a stop and a start before we saw it end.
            if isAlive { return now >= deadline ? [.cutPower(instance: id)] : [] }
            return [.powerOn(instance: id)]
        }
    }

    private static func ended(_ id: String, _ end: PowerEnd) -> [HypervisorAction] {
        switch end {
        case .off: [.reportStopped(instance: id)]
        case .reboot: [.powerOn(instance: id)]
        // An instance that died stays as it is until someone asks for a reboot.
        case .lost: []
        }
    }

    private static func stopped(
        _ record: InstanceRecord, _ isAlive: Bool, _ now: Double
    ) -> [HypervisorAction] {
        let id = record.id
        switch record.power {
        case .off:
            return []
        case .on:
            return [isAlive ? .beginEnding(instance: id) : .markOff(instance: id)]
        case .ending(let deadline):
            if !isAlive { return [.markOff(instance: id)] }
            return now >= deadline ? [.cutPower(instance: id)] : []
        }
    }

    private static func disks(_ wanted: CloudView, _ here: MachineView) -> [HypervisorAction] {
        var actions: [HypervisorAction] = []
        var holders: [String: String] = [:]
        for record in here.instances {
            for disk in record.disks {
                let volume = wanted.volumes.first { $0.id == disk.volume }
                let isWanted = volume?.attachments.contains {
                    $0.instance == record.id && !$0.isDetaching
                }
                holders[disk.volume] = record.id
                if isWanted != true {
                    actions.append(.detach(volume: disk.volume, instance: record.id))
                } else if here.hidden[disk.volume] == record.id {
                    actions.append(.show(volume: disk.volume, instance: record.id))
                }
            }
        }
        for volume in wanted.volumes where holders[volume.id] == nil {
            // One at a time, whatever EC2 says: two instances on one file system destroy it.
            guard
                let attachment = volume.attachments.first(where: {
                    !$0.isDetaching && !CloudView.rootDevices.contains($0.device)
                }), isUsable(attachment.instance, wanted)
            else { continue }
            actions.append(
                .attach(
                    volume: volume.id, sizeGiB: volume.sizeGiB, instance: attachment.instance,
                    device: attachment.device))
        }
        let known = Set(wanted.volumes.map(\.id))
        for image in here.images.subtracting(known).sorted() where holders[image] == nil {
            actions.append(.deleteImage(volume: image))
        }
        return actions
    }

    private static func isUsable(_ instance: String, _ wanted: CloudView) -> Bool {
        wanted.instances.contains {
            $0.id == instance && $0.state != .terminated && $0.state != .shuttingDown
        }
    }
}
