internal import Cluster
internal import FoundationEssentials
internal import Host
internal import PanelAPI

/// One storage of the type `instance-store`: a disk that the instance's machine has, blank at each
/// start of the instance. Nobody hands it out, so that what shows its first use is our own record:
/// since this start, we made nothing on it.
struct InstanceStoreWork: Sendable {
    let storage: Storage
    /// All of the node, in the cluster file's order: each gets a disk of its own.
    let all: [Storage]
    let instanceID: String
    /// See `BlockDevices.instanceStore`.
    let mapped: [String]
    let started: String?
    let tools: VolumeTools

    private static let remedy =
        "it is never formatted: save what you need of it, then stop and start the instance, "
        + "which gives it blank disks"

    func run() async throws -> StepResult {
        let (found, record) = try await choose()
        let disk = Disk(
            volume: "instance store \(found.id)", device: found.path, mount: storage.mount,
            paths: tools.paths)
        if let mounted = try disk.alreadyMounted() {
            try check(mounted, record, disk)
            return .unchanged("\(disk.volume) is mounted at \(storage.mount)")
        }
        let size = try DeviceProbe.size(of: found.path)
        guard size >= storage.size.bytes else {
            throw disk.error(
                "has \(size) bytes, '\(storage.mount)' wants \(storage.size)",
                "take a larger instance type, or ask for less in the cluster file")
        }
        let (filesystem, words) = try await filesystem(disk, found.id, record)
        // Not in fstab: systemd would wait for a file system that is gone after each stop.
        try await disk.mountHere(filesystem)
        return .done("\(disk.volume) \(words), mounted at \(storage.mount)")
    }

    private func filesystem(
        _ disk: Disk, _ id: String, _ record: InstanceStoreRecord?
    ) async throws -> (FilesystemReport, String) {
        switch try disk.content() {
        case .filesystem(let type, let uuid):
            let filesystem = FilesystemReport(type: type, uuid: uuid)
            try check(filesystem, record, disk)
            try disk.checkWhole(filesystem)
            return (filesystem, "holds \(type) \(uuid)")
        case .blank(let evidence):
            if let record, record.isMade, record.isOf(disk: id, started: started) {
                throw disk.error(
                    "is blank, but file system \(record.uuid) was made on it since the instance "
                        + "was started", Self.remedy)
            }
            return try await make(on: evidence, id)
        case let content: throw disk.error("holds \(content)", Self.remedy)
        }
    }

    private func make(
        on evidence: BlankEvidence, _ id: String
    ) async throws -> (FilesystemReport, String) {
        let kind: MakeFilesystem.Kind = storage.filesystem == .ext4 ? .ext4 : .xfs
        var record = InstanceStoreRecord(
            disk: id, started: started, type: kind.rawValue, uuid: tools.makeUUID(),
            isMade: false)
        let store = StateStore(files: tools.paths.files)
        try store.keep(record, of: instanceID, at: storage.mount)
        tools.log(
            "volume \(storage.mount): making \(kind.rawValue) \(record.uuid) on \(evidence.device)")
        try await MakeFilesystem().run(kind, uuid: record.uuid, on: evidence)
        record.isMade = true
        try store.keep(record, of: instanceID, at: storage.mount)
        return (
            FilesystemReport(type: record.type, uuid: record.uuid),
            "was blank (\(evidence.sampledBytes) bytes read), got \(record.type) \(record.uuid)"
        )
    }

    /// Only what this instance made there is used: else it is somebody's.
    private func check(
        _ found: FilesystemReport, _ record: InstanceStoreRecord?, _ disk: Disk
    ) throws {
        guard record?.uuid == found.uuid, record?.type == found.type else {
            throw disk.error(
                "holds a file system '\(found.type)' with uuid '\(found.uuid)' that this node did "
                    + "not make", Self.remedy)
        }
    }

    /// This storage's disk and what is known of it, once there are disks for all.
    private func choose() async throws -> (InstanceStoreDisk, InstanceStoreRecord?) {
        let disks = try await poll(
            every: .milliseconds(200), for: tools.deviceDeadline, clock: tools.clock,
            what: """
                \(all.count) instance store disks to appear in '\(tools.paths.dev)'; see that \
                the instance's type has as many, or take 'type: instance-store' out of the \
                cluster file
                """
        ) { () throws -> [InstanceStoreDisk]? in
            let disks = try BlockDevices(tools.paths).instanceStore(mapped: mapped)
            return disks.count >= all.count ? disks : nil
        }
        let store = StateStore(files: tools.paths.files)
        var records: [String: InstanceStoreRecord] = [:]
        for storage in all {
            records[storage.mount] = try store.instanceStore(of: instanceID, at: storage.mount)
        }
        let chosen = Self.assign(all.map(\.mount), disks, records, started)
        guard let disk = chosen[storage.mount] else {
            throw VolumeError("no instance store disk is left for '\(storage.mount)'")
        }
        return (disk, records[storage.mount])
    }

    /// Who has made something on a disk since the start keeps it; the others take what is left, in
    /// order. What one step has just written changes nothing for the others.
    static func assign(
        _ mounts: [String], _ disks: [InstanceStoreDisk], _ records: [String: InstanceStoreRecord],
        _ started: String?
    ) -> [String: InstanceStoreDisk] {
        var left = disks
        var chosen: [String: InstanceStoreDisk] = [:]
        for mount in mounts {
            let index = left.firstIndex {
                records[mount]?.isOf(disk: $0.id, started: started) ?? false
            }
            if let index { chosen[mount] = left.remove(at: index) }
        }
        for mount in mounts where chosen[mount] == nil && !left.isEmpty {
            chosen[mount] = left.removeFirst()
        }
        return chosen
    }
}

extension InstanceStoreWork {
    /// When the instance was started, by its identity document (Amazon EC2 User Guide, "Instance
    /// identity documents").
    static func started(_ document: [UInt8]?) -> String? {
        struct Started: Decodable { var pendingTime: String? }
        let decoded = document.flatMap {
            try? JSONDecoder().decode(Started.self, from: Data($0))
        }
        return decoded?.pendingTime
    }
}
