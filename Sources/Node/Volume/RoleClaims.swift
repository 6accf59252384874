internal import AWS
internal import Cluster
internal import Digests
internal import Host
internal import PanelAPI

/// A claim that the node settles by itself, by EC2 calls that its IAM role allows. All that must
/// last stands in the volume's tags: whose it is, which instance has it in which generation,
/// whether any ever had it, and what was made on it.
///
/// Two instances never both have it: EC2 attaches a volume to one alone. The tags say the rest, and
/// each is written before what it tells of is done.
struct RoleClaims: VolumeClaims {
    enum Tag {
        static let cluster = "howdah:cluster"
        static let node = "howdah:node"
        static let mount = "howdah:mount"
        static let generation = "howdah:generation"
        /// The instance of the newest generation.
        static let holder = "howdah:holder"
        /// The instance that it was attached to first, and `several` after that.
        static let attached = "howdah:attached"
        /// What is to be made on it, and what was: type and UUID.
        static let format = "howdah:format"
        static let filesystem = "howdah:filesystem"
        static let setAside = "howdah:set-aside"
    }

    static let several = "several"
    static let maximumTagLength = 255
    static let maximumSetAside = 3
    static let pause = Duration.seconds(2)
    /// EC2 user guide, "Device names for volumes". From the end: the panel begins at `f`.
    static let devices = "ponmlkjihgf".map { "/dev/sd\($0)" }

    let ec2: EC2Client
    let cluster: String
    /// The node's name in its cluster: a replaced one has its predecessor's.
    let node: String
    let instanceID: String
    let zone: String
    let storage: Storage
    /// Of this storage among those that the node claims itself.
    let index: Int
    let clock: any Clock<Duration>

    func claim(_ request: VolumeClaimRequest) async throws -> VolumeClaim { try await advance() }

    func claimStatus(_ id: String, waitSeconds: Int) async throws -> VolumeClaim {
        try await clock.sleep(for: Self.pause)
        return try await advance()
    }

    func beginFormat(claim id: String, _ intent: FormatIntent) async throws -> VolumeClaim {
        try await ec2.createTags(
            [Tag.format: "\(intent.type) \(intent.uuid)"], on: [intent.volumeID])
        return try await advance()
    }

    func reportFilesystem(
        claim id: String, _ report: FilesystemReport
    ) async throws -> VolumeClaim {
        guard let volume = try await mine().live.first else { return try await advance() }
        try await ec2.createTags([Tag.filesystem: "\(report.type) \(report.uuid)"], on: [volume.id])
        return try await advance()
    }

    func setAside(claim id: String, _ request: SetAsideRequest) async throws -> VolumeClaim {
        guard let volume = try await mine().live.first(where: { $0.id == request.volumeID }),
            volume.tags[Tag.format] != nil, volume.tags[Tag.filesystem] == nil
        else { return failed("'\(request.volumeID)' cannot be set aside: its tags say otherwise") }
        try await ec2.createTags(
            [Tag.setAside: String(request.found.prefix(Self.maximumTagLength))], on: [volume.id])
        if volume.attachments.contains(where: { $0.instanceID == instanceID }) {
            try await ec2.detachVolume(volume.id, from: instanceID)
        }
        return try await advance()
    }

    /// This claim's volumes, and those of them that were set aside.
    private func mine() async throws -> (live: [EC2Volume], aside: [EC2Volume]) {
        let all = try await ec2.describeVolumes(filters: [
            .tag(Tag.cluster, cluster), .tag(Tag.node, node), .tag(Tag.mount, storage.mount),
        ]).filter { $0.state != .deleting && $0.state != .deleted }
        return (
            all.filter { $0.tags[Tag.setAside] == nil }, all.filter { $0.tags[Tag.setAside] != nil }
        )
    }

    /// One step: looks, decides, and makes the calls that bring the claim on by one state.
    private func advance() async throws -> VolumeClaim {
        let (live, aside) = try await mine()
        guard live.count <= 1 else {
            let ids = live.map(\.id).sorted().joined(separator: "', '")
            return failed("several volumes carry its tags: '\(ids)'; leave them on one")
        }
        guard let volume = live.first else { return try await create(after: aside.count) }
        guard volume.availabilityZone == zone else {
            return failed(
                "'\(volume.id)' is in zone '\(volume.availabilityZone)', this instance in '\(zone)'"
            )
        }
        if let other = volume.attachments.first(where: { $0.instanceID != instanceID }) {
            if other.state == .detaching { return claim(volume, .attaching) }
            return failed("'\(volume.id)' is on '\(other.instanceID)'; detach it there first")
        }
        switch volume.state {
        case .creating: return claim(volume, .creating)
        case .available:
            guard try await haveLetGo(of: aside) else { return claim(volume, .attaching) }
            return try await attach(volume)
        case .inUse:
            let isAttached = volume.attachments.first?.state == .attached
            return claim(volume, isAttached ? .attached : .attaching)
        default: return failed("EC2 says that '\(volume.id)' is '\(volume.state.rawValue)'")
        }
    }

    /// Whether this instance has none of them any more, and so their place is free. A power cut may
    /// have come between the tag and the detachment.
    private func haveLetGo(of aside: [EC2Volume]) async throws -> Bool {
        let held = aside.filter { volume in
            volume.attachments.contains { $0.instanceID == instanceID }
        }
        for volume in held where volume.attachments.contains(where: { $0.state == .attached }) {
            try await ec2.detachVolume(volume.id, from: instanceID)
        }
        return held.isEmpty
    }

    private func create(after setAside: Int) async throws -> VolumeClaim {
        guard setAside < Self.maximumSetAside else {
            return failed("\(setAside) volumes were set aside; see why making a file system fails")
        }
        // The same for the same try, so that an answer that was lost makes no second volume.
        let words = [cluster, node, storage.mount, instanceID, "\(setAside)"]
        let token = Digest.of(Array(words.joined(separator: "\n").utf8)).hex
        let volume = try await ec2.createVolume(
            sizeGiB: storage.size.gibibytes, type: storage.type, availabilityZone: zone,
            tags: [
                "Name": "\(cluster) \(node) \(storage.mount)", Tag.cluster: cluster,
                Tag.node: node, Tag.mount: storage.mount, Tag.generation: "1",
                Tag.holder: instanceID,
            ], clientToken: String(token.prefix(64)))
        return claim(volume, .creating)
    }

    private func attach(_ volume: EC2Volume) async throws -> VolumeClaim {
        var tags: [String: String] = [:]
        if volume.tags[Tag.holder] != instanceID {
            tags[Tag.holder] = instanceID
            // Only what was made with its tags is of the first, never what others tagged later.
            tags[Tag.generation] = "\(max(1, generation(of: volume)) + 1)"
        }
        let had = volume.tags[Tag.attached]
        if had != instanceID, had != Self.several {
            tags[Tag.attached] = had == nil ? instanceID : Self.several
        }
        if !tags.isEmpty { try await ec2.createTags(tags, on: [volume.id]) }
        let device = Self.devices[index % Self.devices.count]
        try await ec2.attachVolume(volume.id, to: instanceID, device: device)
        return claim(volume, .attaching)
    }

    private func generation(of volume: EC2Volume) -> Int {
        volume.tags[Tag.generation].flatMap { Int($0) } ?? 0
    }

    private func claim(_ volume: EC2Volume, _ state: VolumeClaim.State) -> VolumeClaim {
        let made = Self.filesystem(volume.tags[Tag.filesystem])
        let isFresh = volume.snapshotID?.isEmpty != false && made == nil
        let wasNowhereElse = [nil, instanceID].contains(volume.tags[Tag.attached])
        return VolumeClaim(
            id: storage.mount, mount: storage.mount, state: state, volumeID: volume.id,
            device: volume.attachments.first?.device, generation: generation(of: volume),
            // Ours from the beginning: whoever tags a volume of theirs leaves the generation out.
            firstUse: isFresh && wasNowhereElse && generation(of: volume) == 1,
            filesystemUUID: made?.uuid,
            format: Self.filesystem(volume.tags[Tag.format]).map {
                FormatIntent(volumeID: volume.id, type: $0.type, uuid: $0.uuid)
            }, error: nil)
    }

    private static func filesystem(_ tag: String?) -> FilesystemReport? {
        let words = tag?.split(separator: " ").map(String.init) ?? []
        return words.count == 2 ? FilesystemReport(type: words[0], uuid: words[1]) : nil
    }

    private func failed(_ reason: String) -> VolumeClaim {
        VolumeClaim(
            id: storage.mount, mount: storage.mount, state: .failed, volumeID: nil, device: nil,
            generation: 0, firstUse: false, filesystemUUID: nil, error: reason)
    }
}
