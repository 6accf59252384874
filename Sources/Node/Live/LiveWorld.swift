internal import AWS
internal import Cluster
internal import FoundationEssentials
internal import Glibc
public import Host
internal import PackageInstall
internal import PanelAPI
internal import PanelClient
internal import Transfer

/// The real world, put together from paths and the environment.
public enum LiveWorld {
    /// Means that there is no systemd here: daemons are processes that we start.
    public static let lightVariable = "HOWDAH_LIGHT"
    /// In a light instance: who may not mount has a plain folder stand for each mount. Never
    /// without being told so: a mount that fails must not end in data on the wrong disk.
    static let plainMountsVariable = "HOWDAH_PLAIN_MOUNTS"
    /// In a light instance without a process-id namespace: the id of its first process.
    static let firstProcessVariable = "HOWDAH_FIRST_PROCESS"
    /// What daemons get of our environment. Credentials and endpoints are not theirs; by the mark
    /// `howdah local` finds what belongs to an instance.
    static let inherited = ["PATH", "JAVA_HOME", "LANG", "TZ", "HOWDAH_LOCAL_MARK"]

    public static func make(paths: HostPaths, environment: [String: String]) -> NodeWorld {
        let baked = BakedCloud(paths)
        let environment = baked.environment(environment)
        let transfer = TransferClient(TransferClient.Configuration(environment: environment))
        let (metadata, service) = baked.source(transfer, environment)
        let credentials = CredentialChain.standard(
            environment: environment, transfer: transfer, metadata: service)
        let loaded = AWSSettings.load(environment: environment)
        let log = log(paths, environment)
        let light = Light(environment)
        let regional = { @Sendable (zone: String) in settings(loaded, zone: zone) }
        var world = NodeWorld(
            paths: paths, metadata: metadata, credentials: credentials,
            connect: { cluster, address in
                if cluster.enrolment == .token {
                    return keyClient(
                        paths, cluster, address, panelTransfer(cluster, transfer, environment),
                        bootID: try NodeWorld.bootID(paths, firstProcess: light.firstProcess))
                }
                let signer = try IdentityProofSigner(
                    settings: regional(address.availabilityZone), credentials: credentials,
                    transfer: transfer)
                let way = panelTransfer(cluster, transfer, environment)
                return PanelClient(url: cluster.panel, transfer: way) { challenge in
                    try await prove(
                        challenge, signer, address,
                        bootID: try NodeWorld.bootID(paths, firstProcess: light.firstProcess))
                }
            },
            volumes: { plan, storage, panel in
                try await VolumeTools(
                    paths: paths, hasPlainMounts: light.hasPlainMounts, clock: ContinuousClock(),
                    log: log.line,
                    ec2: { plan in
                        try EC2Client(
                            settings: regional(plan.facts.availabilityZone),
                            credentials: credentials, transfer: transfer)
                    }, makeUUID: { UUID().uuidString.lowercased() }
                ).bring(storage, of: plan, panel)
            },
            packages: { plan in
                let work = PackageWork(plan: plan, paths: paths, log: log.line)
                return try await work.run(
                    transfer: transfer, settings: regional(plan.facts.availabilityZone),
                    credentials: credentials)
            },
            probes: LiveProbes(transfer: transfer), now: WallClock.now, log: log,
            daemonEnvironment: daemonEnvironment(environment),
            isLight: light.isLight, firstProcess: light.firstProcess)
        world.systemd = light.isLight ? nil : Systemd.ifBooted(paths)
        world.metadataDoor = light.isLight ? nil : MetadataDoor()
        if let asked = baked.brief(transfer, environment) {
            world.notices = { try await asked.text($0) }
        }
        world.hasPlainMounts = light.hasPlainMounts
        return world
    }

    /// The world for who only looks, and waits no longer than people do.
    static func doctor(
        paths: HostPaths, environment: [String: String], patience: Duration
    ) -> (NodeWorld, NodeDoctor.Surroundings) {
        var world = make(paths: paths, environment: environment)
        let baked = BakedCloud(paths)
        let environment = baked.environment(environment)
        let transfer = TransferClient(TransferClient.Configuration(environment: environment))
        let service = baked.brief(transfer, environment, patience: patience)
        if let service { world.metadata = service }
        world.credentials = CredentialChain.standard(
            environment: environment, transfer: transfer, metadata: service)
        let surroundings = NodeDoctor.Surroundings(
            settings: AWSSettings.load(environment: environment), transfer: transfer,
            panelTransfer: { panelTransfer($0, transfer, environment) }, metadata: service)
        return (world, surroundings)
    }

    /// The boot that goes on, without the rest of the world.
    public static func bootID(
        _ paths: HostPaths, environment: [String: String]
    ) throws -> String {
        try NodeWorld.bootID(paths, firstProcess: Light(environment).firstProcess)
    }

    /// What the environment says of a light instance; nothing of it counts on a machine of its own.
    struct Light: Sendable, Equatable {
        var isLight: Bool
        var hasPlainMounts: Bool
        var firstProcess: Int32

        init(_ environment: [String: String]) {
            isLight = environment[lightVariable] == "1"
            hasPlainMounts = isLight && environment[plainMountsVariable] == "1"
            let first = environment[firstProcessVariable].flatMap { Int32($0) }
            firstProcess = isLight ? first ?? 1 : 1
        }
    }

    /// A client of its own where the panel's key is pinned: that key is the panel's alone.
    private static func panelTransfer(
        _ cluster: ClusterFile, _ common: TransferClient, _ environment: [String: String]
    ) -> TransferClient {
        guard !cluster.panelKeys.isEmpty else { return common }
        var configuration = TransferClient.Configuration(environment: environment)
        configuration.pinnedKeys = cluster.panelKeys
        return TransferClient(configuration)
    }

    /// Where standard error goes to the journal, an entry goes there by itself, with its fields,
    /// and its text to the console; else standard error has both.
    private static func log(_ paths: HostPaths, _ environment: [String: String]) -> BootLog {
        let journal = Journal.behindStandardError(
            environment: environment, identifier: "howdah-node")
        let timestamp = { @Sendable in AWSDate.basic(WallClock.now()) }
        return BootLog(files: paths.files, timestamp: timestamp, journal: journal) { line in
            let text = "howdah-node: \(line)\n"
            if journal != nil {
                Console.write(text, paths: paths)
            } else {
                let bytes = Array(text.utf8)
                _ = write(STDERR_FILENO, bytes, bytes.count)
            }
        }
    }

    /// The region of the settings, or else the one that the instance's zone is in: a zone is its
    /// region's name and a letter.
    static func settings(_ loaded: AWSSettings, zone: String) -> AWSSettings {
        var settings = loaded
        if settings.region == nil, zone.last?.isLetter == true {
            settings.region = String(zone.dropLast())
        }
        return settings
    }

    static func daemonEnvironment(_ environment: [String: String]) -> [String: String] {
        var kept = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/root"]
        for name in inherited { kept[name] = environment[name] ?? kept[name] }
        return kept
    }

    /// For clouds without STS.
    private static func keyClient(
        _ paths: HostPaths, _ cluster: ClusterFile, _ address: NodeAddress,
        _ transfer: TransferClient, bootID: String
    ) -> PanelClient {
        let key = NodeKey(files: paths.files, instanceID: address.instanceID) { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
        let proof = KeyProof(
            key: key, token: cluster.enrolmentToken, node: address, bootID: bootID)
        let prover: PanelClient.Prover = { .key(try proof.answer($0)) }
        return PanelClient(url: cluster.panel, transfer: transfer, proof: prover)
    }

    private static func prove(
        _ challenge: EnrolmentChallenge, _ signer: IdentityProofSigner, _ address: NodeAddress,
        bootID: String
    ) async throws -> EnrolmentRequest {
        let parts = try await signer.proof(
            serverID: challenge.serverID, nonce: challenge.nonce)
        return EnrolmentRequest(
            date: parts.date, region: parts.region, accessKeyID: parts.accessKeyID,
            sessionToken: parts.sessionToken, signature: parts.signature, nonce: parts.nonce,
            node: address, bootID: bootID)
    }
}
