public import AWS
public import Cluster
public import Host
internal import PanelAPI

/// What work on a node's volumes needs of the world.
public struct VolumeTools: Sendable {
    public static let deviceDeadline = Duration.seconds(120)

    public var paths: HostPaths
    /// A plain folder stands for each mount, where there is no right to mount.
    public var hasPlainMounts: Bool
    public var deviceDeadline: Duration
    public var clock: any Clock<Duration>
    public var log: @Sendable (String) -> Void
    /// EC2 as the node's own role may call it, for volumes that the node claims itself.
    public var ec2: @Sendable (BootPlan) throws -> EC2Client
    /// A random UUID, for a file system.
    public var makeUUID: @Sendable () -> String

    public init(
        paths: HostPaths, hasPlainMounts: Bool = false,
        deviceDeadline: Duration = deviceDeadline, clock: any Clock<Duration>,
        log: @escaping @Sendable (String) -> Void,
        ec2: @escaping @Sendable (BootPlan) throws -> EC2Client,
        makeUUID: @escaping @Sendable () -> String
    ) {
        self.paths = paths
        self.hasPlainMounts = hasPlainMounts
        self.deviceDeadline = deviceDeadline
        self.clock = clock
        self.log = log
        self.ec2 = ec2
        self.makeUUID = makeUUID
    }

    /// Brings a storage of the plan to its mount point.
    public func bring(
        _ storage: Storage, of plan: BootPlan, _ panel: any PanelConnection
    ) async throws -> StepResult {
        guard storage.isInstanceStore else {
            let claims = try await claims(storage, plan, panel)
            return try await VolumeWork(storage: storage, panel: claims, tools: self).run()
        }
        let mapped = plan.facts.blockDevices.filter { $0.key.hasPrefix("ephemeral") }
        return try await InstanceStoreWork(
            storage: storage, all: plan.cluster.storage.filter(\.isInstanceStore),
            instanceID: plan.facts.instanceID,
            mapped: mapped.sorted { $0.key < $1.key }.map(\.value),
            started: InstanceStoreWork.started(plan.facts.identityDocument), tools: self
        ).run()
    }

    private func claims(
        _ storage: Storage, _ plan: BootPlan, _ panel: any PanelConnection
    ) async throws -> any VolumeClaims {
        guard storage.by == .role else { return panel }
        let ours = plan.cluster.storage.filter { $0.by == .role && !$0.isInstanceStore }
        return RoleClaims(
            ec2: try ec2(plan), cluster: plan.cluster.cluster,
            node: try await panel.currentEnrolment().name, instanceID: plan.facts.instanceID,
            zone: plan.facts.availabilityZone, storage: storage,
            index: ours.firstIndex(of: storage) ?? 0, clock: clock)
    }
}
