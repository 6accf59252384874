internal import Cluster
internal import Host
internal import PanelAPI

/// One storage of the cluster file: claim, attachment, device, file system, mount. Safe to run
/// again after a power cut at any point; nothing that holds data is ever formatted.
struct VolumeWork: Sendable {
    /// The panel takes up to 900 s to create a volume and as many to attach it, and then says why
    /// it failed: longer than both, so that its words arrive.
    static let attachDeadline = Duration.seconds(1860)
    /// Seconds that the panel may keep a question open.
    static let waitSeconds = 20

    let storage: Storage
    let panel: any VolumeClaims
    let tools: VolumeTools

    var paths: HostPaths { tools.paths }
    private var claimant: String { storage.by == .panel ? "the panel" : "EC2" }

    init(storage: Storage, panel: any VolumeClaims, tools: VolumeTools) {
        self.storage = storage
        self.panel = panel
        self.tools = tools
    }

    func run() async throws -> StepResult {
        var claim = try await attached()
        while let halfMade = try await halfMade(claim) {
            tools.log("volume \(storage.mount): \(halfMade); it is kept, a new one is asked for")
            claim = try await replacement(for: claim, halfMade)
        }
        return try await bring(claim)
    }

    private func bring(_ claim: VolumeClaim) async throws -> StepResult {
        guard let volume = claim.volumeID else {
            throw VolumeError("claim '\(claim.id)' is attached, but names no volume")
        }
        let disk = try await disk(volume, claim)
        if !tools.hasPlainMounts, let found = try disk.alreadyMounted() {
            try check(found.type, found.uuid, claim, disk)
            try await report(found, claim)
            let isListed = try disk.listInFstab(found)
            let growth = try await grow(disk, found)
            return StepResult(
                changed: isListed || !growth.isEmpty,
                "\(volume) is mounted at \(storage.mount)" + growth)
        }
        let (filesystem, words) = try await filesystem(disk, claim)
        try await report(filesystem, claim)
        if tools.hasPlainMounts {
            let isNew = try disk.standIn(filesystem)
            return StepResult(
                changed: isNew,
                "\(volume) \(words); at \(storage.mount) a plain folder stands for the mount: "
                    + "no right to mount here")
        }
        // First: a wrong line there stops the boot before anything is mounted, each time it is run.
        _ = try disk.listInFstab(filesystem)
        try await disk.mountHere(filesystem)
        let growth = try await grow(disk, filesystem)
        return .done("\(volume) \(words), mounted at \(storage.mount)" + growth)
    }

    private func grow(_ disk: Disk, _ filesystem: FilesystemReport) async throws -> String {
        guard let words = try await disk.grow(filesystem) else { return "" }
        tools.log("volume \(storage.mount): \(words)")
        return ", \(words)"
    }

    func disk(_ volume: String, _ claim: VolumeClaim) async throws -> Disk {
        let device = try await BlockDevices(paths).wait(
            volumeID: volume, attachedAs: claim.device, deadline: tools.deviceDeadline,
            clock: tools.clock)
        return Disk(volume: volume, device: device, mount: storage.mount, paths: paths)
    }

    private func attached() async throws -> VolumeClaim {
        let first = try await panel.claim(
            VolumeClaimRequest(
                mount: storage.mount, sizeGiB: storage.size.gibibytes, type: storage.type))
        return try await attached(first)
    }

    func attached(_ first: VolumeClaim) async throws -> VolumeClaim {
        if let claim = try settled(first) { return claim }
        return try await poll(
            every: .milliseconds(500), for: Self.attachDeadline, clock: tools.clock,
            what: "\(claimant) to attach the volume of claim '\(first.id)'"
        ) { () async throws -> VolumeClaim? in
            try settled(
                try await panel.claimStatus(first.id, waitSeconds: Self.waitSeconds))
        }
    }

    /// The claim if its volume is attached; nil while it is on its way.
    private func settled(_ claim: VolumeClaim) throws -> VolumeClaim? {
        switch claim.state {
        case .attached: return claim
        case .creating, .attaching: return nil
        case .failed:
            throw VolumeError(
                "\(claimant) has no volume for '\(storage.mount)' (claim '\(claim.id)'): "
                    + (claim.error ?? "it does not say why"))
        }
    }

    /// The file system that is there, or one that is made because provably nothing is.
    private func filesystem(
        _ disk: Disk, _ claim: VolumeClaim
    ) async throws -> (FilesystemReport, String) {
        let content = try disk.content()
        guard try !DeviceProbe.isReadOnly(disk.device) else {
            throw disk.error(
                "is read-only and holds \(content)",
                "attach it so that it can be written to, or launch a new instance, "
                    + "which gets a new volume")
        }
        switch content {
        case .filesystem(let type, let uuid):
            try check(type, uuid, claim, disk)
            try disk.checkWhole(FilesystemReport(type: type, uuid: uuid))
            return (FilesystemReport(type: type, uuid: uuid), "holds \(type) \(uuid)")
        case .blank(let evidence):
            guard claim.firstUse, claim.filesystemUUID == nil else {
                let known = claim.filesystemUUID.map { " (file system \($0) was on it)" }
                throw disk.error(
                    "is blank, but is not on its first use\(known ?? "")",
                    "restore it from a snapshot, or launch a new instance, which gets a new volume")
            }
            return try await make(on: evidence, claim)
        case let content:
            throw disk.error("holds \(content)", Disk.kept)
        }
    }

    private func make(
        on evidence: BlankEvidence, _ claim: VolumeClaim
    ) async throws -> (FilesystemReport, String) {
        let kind: MakeFilesystem.Kind = storage.filesystem == .ext4 ? .ext4 : .xfs
        let uuid = tools.makeUUID()
        if let volume = claim.volumeID {
            _ = try await panel.beginFormat(
                claim: claim.id, FormatIntent(volumeID: volume, type: kind.rawValue, uuid: uuid))
        }
        tools.log("volume \(storage.mount): making \(kind.rawValue) \(uuid) on \(evidence.device)")
        try await MakeFilesystem().run(kind, uuid: uuid, on: evidence)
        return (
            FilesystemReport(type: kind.rawValue, uuid: uuid),
            "was blank (\(evidence.sampledBytes) bytes read), got \(kind.rawValue) \(uuid)"
        )
    }

    private func check(
        _ type: String, _ uuid: String, _ claim: VolumeClaim, _ disk: Disk
    ) throws {
        guard Storage.Filesystem(rawValue: type) != nil else {
            throw disk.error("holds a file system '\(type)'", "only xfs and ext4 are mounted")
        }
        guard let known = claim.filesystemUUID, known != uuid else { return }
        throw disk.error(
            "holds the file system \(uuid), the panel knows \(known)",
            "attach the right volume, or launch a new instance, which gets a new one")
    }

    private func report(_ filesystem: FilesystemReport, _ claim: VolumeClaim) async throws {
        guard claim.filesystemUUID != filesystem.uuid else { return }
        _ = try await panel.reportFilesystem(claim: claim.id, filesystem)
    }
}
