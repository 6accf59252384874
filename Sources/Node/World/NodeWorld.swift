public import AWS
public import Cluster
public import FoundationEssentials
public import Host
public import PanelAPI

/// The world as a boot sees it: each thing behind a seam, so that a test can stand in for what it
/// does not have.
public struct NodeWorld: Sendable {
    public var paths: HostPaths
    public var metadata: any InstanceMetadata
    public var credentials: any CredentialsProvider
    /// The way to the cluster's panel, for a node that is there.
    public var connect: @Sendable (ClusterFile, NodeAddress) throws -> any PanelConnection
    /// Gets, proves, formats and mounts the volume of a storage.
    public var volumes:
        @Sendable (BootPlan, Storage, any PanelConnection) async throws -> StepResult
    /// Installs a role's packages.
    public var packages: @Sendable (BootPlan) async throws -> StepResult
    public var probes: any ReadinessProbing
    /// What of the instance's metadata comes and goes, such as `meta-data/spot/instance-action`;
    /// nil where it is not there.
    public var notices: @Sendable (String) async throws -> String? = { _ in nil }
    /// Evenly random in 0...1, so that not all nodes ask at once.
    public var random: @Sendable () -> Double = { Double.random(in: 0...1) }
    public var clock: any Clock<Duration>
    public var now: @Sendable () -> Date
    public var log: BootLog
    /// What daemons and preparations get beside their own: PATH, JAVA_HOME, LANG.
    public var daemonEnvironment: [String: String]
    /// The instance shares its machine's kernel with others: no host name of its own to set, and
    /// the load average is the machine's.
    public var isLight: Bool
    /// Plain folders stand for mounts, for who may not mount.
    public var hasPlainMounts = false
    /// Whose start begins a boot.
    public var firstProcess: Int32
    /// Keeps the daemons; nil where they are processes that we start.
    public var systemd: Systemd?
    /// Closes metadata to all but root; nil where the machine is not the node's alone.
    public var metadataDoor: MetadataDoor?
    public var deadlines = BootDeadlines()

    public init(
        paths: HostPaths, metadata: any InstanceMetadata, credentials: any CredentialsProvider,
        connect: @escaping @Sendable (ClusterFile, NodeAddress) throws -> any PanelConnection,
        volumes:
            @escaping @Sendable (BootPlan, Storage, any PanelConnection) async throws ->
            StepResult,
        packages: @escaping @Sendable (BootPlan) async throws -> StepResult,
        probes: any ReadinessProbing, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date, log: BootLog,
        daemonEnvironment: [String: String], isLight: Bool, firstProcess: Int32 = 1
    ) {
        self.paths = paths
        self.metadata = metadata
        self.credentials = credentials
        self.connect = connect
        self.volumes = volumes
        self.packages = packages
        self.probes = probes
        self.clock = clock
        self.now = now
        self.log = log
        self.daemonEnvironment = daemonEnvironment
        self.isLight = isLight
        self.firstProcess = firstProcess
    }

    /// One boot of one machine, or of one light instance: the kernel's boot id with the start of
    /// the first process, which a light instance has of its own.
    public func bootID() throws -> String { try Self.bootID(paths, firstProcess: firstProcess) }

    static func bootID(_ paths: HostPaths, firstProcess: Int32) throws -> String {
        let proc = Files(root: paths.proc)
        let kernel = try proc.textIfPresent("/sys/kernel/random/boot_id") ?? "unknown"
        let first = ProcessIdentity.of(pid: firstProcess, proc: paths.proc)?.startTime ?? 0
        return "\(kernel.filter { !$0.isWhitespace })-\(first)"
    }
}
