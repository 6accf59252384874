internal import AWS
internal import Cluster
public import Doctor
internal import FoundationEssentials
public import Host
internal import Transfer

/// Looks at all that a node needs, and says of each thing how it stands and what to do. It changes
/// nothing.
public struct NodeDoctor: Sendable {
    /// How long the metadata service may take to answer who asks for a look alone.
    static let patience = Duration.seconds(5)

    private let world: NodeWorld
    private let surroundings: Surroundings

    /// What of the world is looked at beside what a boot uses.
    struct Surroundings: Sendable {
        var settings: AWSSettings
        var transfer: TransferClient
        /// To the panel, asking for the pinned keys.
        var panelTransfer: @Sendable (ClusterFile) -> TransferClient
        /// Nil on a machine without a metadata service.
        var metadata: MetadataClient?
    }

    init(world: NodeWorld, surroundings: Surroundings) {
        self.world = world
        self.surroundings = surroundings
    }

    public static func live(paths: HostPaths, environment: [String: String]) -> NodeDoctor {
        let (world, surroundings) = LiveWorld.doctor(
            paths: paths, environment: environment, patience: patience)
        return NodeDoctor(world: world, surroundings: surroundings)
    }

    public func run() async -> Diagnosis {
        let configuration = BootConfiguration(world.paths)
        let (facts, metadata) = await self.metadata()
        var findings = metadata
        let cluster = try? configuration.cluster(userData: facts?.userData).0
        var plan: BootPlan?
        if let facts {
            do {
                let known = try configuration.plan(for: facts)
                findings.append(Self.configuration(known))
                plan = known
            } catch {
                findings.append(Self.unclear(error))
            }
        } else if cluster == nil {
            findings.append(self.configuration(configuration))
        }
        findings += await cloud(facts, cluster)
        if let cluster { findings += await panel(cluster) }
        if let plan { findings += await node(plan) }
        return Diagnosis(findings + boot())
    }

    private func metadata() async -> (InstanceFacts?, [Finding]) {
        let facts: InstanceFacts
        do {
            facts = try await world.metadata.facts()
        } catch {
            return (nil, [MetadataCheck.failure(error)])
        }
        guard let service = surroundings.metadata else {
            return (facts, [.fine("metadata", "from a file: \(facts.instanceID)")])
        }
        let endpoint = await service.endpoint
        let open = MetadataCheck.finding(isOpen: await service.answersWithoutToken())
        let found = MetadataCheck.finding(facts: facts, endpoint: endpoint)
        return (facts, found + [open].compactMap(\.self))
    }

    private func cloud(_ facts: InstanceFacts?, _ cluster: ClusterFile?) async -> [Finding] {
        let settings = LiveWorld.settings(
            surroundings.settings, zone: facts?.availabilityZone ?? "")
        let (credentials, transfer) = (world.credentials, surroundings.transfer)
        var findings = await account(facts, cluster, settings)
        let isKnown = !findings.contains { $0.check == "role" && $0.level == .wrong }
        let ec2 = EC2Check(settings: settings, credentials: credentials, transfer: transfer)
        if isKnown, let facts, Self.needsRole(facts, cluster) {
            if let hops = await ec2.metadata(of: facts.instanceID) { findings.append(hops) }
            findings += await ec2.asNode(
                zone: facts.availabilityZone, instanceID: facts.instanceID,
                claimsVolumes: cluster?.storage.contains { $0.by == .role } ?? false)
        }
        let check = RepositoryCheck(
            settings: settings, credentials: credentials, transfer: transfer)
        for repository in cluster?.repositories ?? [] {
            findings += await check.run(repository.baseURL)
        }
        return findings
    }

    /// Who AWS takes the node for, unless nobody asks.
    private func account(
        _ facts: InstanceFacts?, _ cluster: ClusterFile?, _ settings: AWSSettings
    ) async -> [Finding] {
        guard Self.needsRole(facts, cluster) else {
            return [.fine("role", "none is needed: enrolment by token, no repository in S3")]
        }
        let findings = await AccountCheck(
            settings: settings, credentials: world.credentials, transfer: surroundings.transfer,
            now: world.now
        ).run(expectedRole: facts?.iamRole, actualRegion: facts?.region)
        let lacks = surroundings.metadata != nil && facts.map { $0.iamRole == nil } ?? false
        return (lacks ? [MetadataCheck.noRole] : []) + findings
    }

    private static func needsRole(_ facts: InstanceFacts?, _ cluster: ClusterFile?) -> Bool {
        facts?.iamRole != nil || cluster?.needsRole ?? true
    }

    private func panel(_ cluster: ClusterFile) async -> [Finding] {
        await PanelCheck(
            url: cluster.panel, transfer: surroundings.panelTransfer(cluster), now: world.now
        ).run()
    }

    private func node(_ plan: BootPlan) async -> [Finding] {
        let space = DiskSpace(
            paths: world.paths, mounts: plan.cluster.storage.map(\.mount),
            hasPlainMounts: world.hasPlainMounts)
        var findings = DiskCheck.findings(space.look())
        findings += MemoryCheck.findings(plan)
        findings += await PortCheck(world: world, plan: plan).run()
        return findings
    }

    private func boot() -> [Finding] {
        let remedy = "see howdah-node status; howdah-node boot goes on where it stopped"
        do {
            let state = try StateStore(files: world.paths.files)
                .status(ofBoot: try world.bootID())
            guard let state else {
                return [.warning("boot", "none since the machine started", remedy: remedy)]
            }
            switch state.stage {
            case .done, .running: return [.fine("boot", state.stage.rawValue)]
            case .degraded: return [.warning("boot", "degraded", remedy: remedy)]
            case .failed:
                let why = state.failures.first ?? "failed"
                return [.wrong("boot", why, remedy: remedy)]
            }
        } catch {
            return [.wrong("boot", "\(error)", remedy: remedy)]
        }
    }

    private static func configuration(_ plan: BootPlan) -> Finding {
        .fine(
            "configuration",
            "\(plan.role) of '\(plan.cluster.cluster)', stack '\(plan.stack.name)'")
    }

    private static func unclear(_ error: any Error) -> Finding {
        .wrong(
            "configuration", "\(error)",
            remedy: "correct the cluster file, user-data, tag or role; "
                + "howdah-node config check reads the file as a boot does")
    }

    /// Where nothing is known of the instance, what is baked can be read all the same.
    private func configuration(_ configuration: BootConfiguration) -> Finding {
        do {
            let (cluster, _) = try configuration.cluster(userData: nil)
            return .fine("configuration", "cluster '\(cluster.cluster)', the role is not known")
        } catch {
            return Self.unclear(error)
        }
    }
}

extension ClusterFile {
    /// Whether its nodes prove to anybody at AWS who they are.
    fileprivate var needsRole: Bool {
        enrolment != .token || storage.contains { $0.by == .role }
            || repositories.contains { $0.baseURL.hasPrefix("s3://") }
    }
}
