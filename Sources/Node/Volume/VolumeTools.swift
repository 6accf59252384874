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
    /// A random UUID, for a file system.
    public var makeUUID: @Sendable () -> String

    public init(
        paths: HostPaths, hasPlainMounts: Bool = false,
        deviceDeadline: Duration = deviceDeadline, clock: any Clock<Duration>,
        log: @escaping @Sendable (String) -> Void, makeUUID: @escaping @Sendable () -> String
    ) {
        self.paths = paths
        self.hasPlainMounts = hasPlainMounts
        self.deviceDeadline = deviceDeadline
        self.clock = clock
        self.log = log
        self.makeUUID = makeUUID
    }

    /// Brings a storage of the plan to its mount point.
    public func bring(
        _ storage: Storage, of plan: BootPlan, _ panel: any PanelConnection
    ) async throws -> StepResult {
        guard storage.isInstanceStore else {
            return try await VolumeWork(storage: storage, panel: panel, tools: self).run()
        }
        let mapped = plan.facts.blockDevices.filter { $0.key.hasPrefix("ephemeral") }
        return try await InstanceStoreWork(
            storage: storage, all: plan.cluster.storage.filter(\.isInstanceStore),
            instanceID: plan.facts.instanceID,
            mapped: mapped.sorted { $0.key < $1.key }.map(\.value),
            started: InstanceStoreWork.started(plan.facts.identityDocument), tools: self
        ).run()
    }
}
