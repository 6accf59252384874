internal import AWS
internal import FoundationEssentials
internal import Host
internal import Transfer

/// `howdah local metadata`: the metadata service of one instance, in its network namespace or on
/// its address of the loopback. What it says comes from EC2, and its credentials from STS.
public enum MetadataProgram {
    /// How old an answer of EC2's may be.
    static let factsLifeSeconds = 1.0

    public static func run(folder: StateFolder, instance: String) async throws {
        let clients = try LabClients(inside: folder)
        let lab = clients.lab
        let sts = try clients.sts()
        let credentials = RoleCredentials(now: { Date().timeIntervalSince1970 }) { role in
            try await issue(sts, role: role, instance: instance)
        }
        let cache = FactsCache(lifeSeconds: factsLifeSeconds, now: MonotonicTime.seconds) {
            [ec2 = try clients.ec2(.hypervisor)] in
            try await facts(of: instance, ec2, lab)
        }
        let service = MetadataService(
            facts: { try await cache.facts() }, credentials: credentials,
            monotonic: MonotonicTime.seconds, random: { RandomBytes.make(32) })
        let record = try InstanceStore(folder: folder).read(instance)
        try await MetadataServer(service: service).run(
            host: lab.metadataAddress(of: record.address), port: lab.ports.metadata)
    }

    private static func issue(
        _ sts: STSClient, role: String, instance: String
    ) async throws -> IssuedCredentials {
        let issued = Date().timeIntervalSince1970
        let made = try await sts.assumeRole(AccessRules.roleARN(role), sessionName: instance)
        return IssuedCredentials(
            accessKeyID: made.accessKeyID, secretAccessKey: made.secretAccessKey,
            sessionToken: made.sessionToken ?? "", issuedSeconds: issued,
            expirationSeconds: made.expiration?.timeIntervalSince1970 ?? issued)
    }

    /// Of an instance that the panel started: moto does not take the profile over from the launch
    /// template, as EC2 does.
    private static func profile(ofLaunched instance: EC2Instance) -> String? {
        guard instance.tags["howdah:launch"] != nil else { return nil }
        return instance.tags["howdah:role"] == "slave" ? Lab.slaveRole : Lab.masterRole
    }

    private static func facts(
        of id: String, _ ec2: EC2Client, _ lab: Lab
    ) async throws -> MetadataFacts {
        guard let found = try await ec2.describeInstances(ids: [id]).first else {
            throw LabError("ec2 knows no instance '\(id)'")
        }
        let volumes = try await ec2.describeVolumes()
        let attached = volumes.flatMap(\.attachments).filter { $0.instanceID == id }
        return MetadataFacts(
            instanceID: id, imageID: found.imageID, instanceType: found.type,
            address: found.privateIPv4 ?? "", zone: found.availabilityZone, region: lab.region,
            account: Lab.account, tags: found.tags, userData: try await ec2.userData(of: id),
            role: found.instanceProfileName ?? Self.profile(ofLaunched: found),
            launchSeconds: found.launched?.timeIntervalSince1970,
            devices: attached.map(\.device).filter { !CloudView.rootDevices.contains($0) })
    }
}

/// Facts, asked for again when they are old: a node reads a dozen paths in a row.
actor FactsCache {
    typealias Ask = @Sendable () async throws -> MetadataFacts

    private let lifeSeconds: Double
    private let now: @Sendable () -> Double
    private let ask: Ask
    private var kept: (facts: MetadataFacts, at: Double)?

    init(lifeSeconds: Double, now: @escaping @Sendable () -> Double, ask: @escaping Ask) {
        self.lifeSeconds = lifeSeconds
        self.now = now
        self.ask = ask
    }

    func facts() async throws -> MetadataFacts {
        if let kept, now() - kept.at < lifeSeconds { return kept.facts }
        let facts = try await ask()
        kept = (facts, now())
        return facts
    }
}
