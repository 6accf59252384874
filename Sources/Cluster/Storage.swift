/// A volume that every node of the cluster has.
public struct Storage: Sendable, Hashable {
    public enum Filesystem: String, Sendable, Hashable, CaseIterable {
        case xfs, ext4
    }

    /// Who makes the volume and attaches it.
    public enum Claimant: String, Sendable, Hashable, CaseIterable {
        /// The Control Panel, asked by the node.
        case panel
        /// The node itself by EC2 calls, which its IAM role must allow.
        case role
    }

    /// Absolute path of the mount point, such as `/data`.
    public var mount: String
    /// EBS counts whole GiB: rounded up. A disk of the instance's own has this much at least.
    public var size: ByteSize
    /// EBS volume type, or ``instanceStore``. Default `gp3`.
    public var type: String
    /// Default xfs.
    public var filesystem: Filesystem
    /// Default the panel.
    public var by: Claimant

    public init(
        mount: String, size: ByteSize, type: String = "gp3", filesystem: Filesystem = .xfs,
        by: Claimant = .panel
    ) {
        self.mount = mount
        self.size = size
        self.type = type
        self.filesystem = filesystem
        self.by = by
    }

    /// The type that means a disk of the instance's own machine: nobody makes or attaches it, and
    /// all that is on it is gone when the instance stops.
    public static let instanceStore = "instance-store"

    public var isInstanceStore: Bool { type == Self.instanceStore }

    /// The keys of a volume in the file.
    public static let keys = ["mount", "size", "type", "filesystem", "by"]
    /// EBS's largest volume (io2 Block Express).
    static let maximumSize = ByteSize(bytes: 64 << 40)

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "storage", file: file, known: Self.keys)
        guard
            let mount = try reader.parsed(
                "mount", expected: "an absolute path other than /, without '.' and '..'",
                { Name.isMountPoint($0) ? $0 : nil })
        else { throw reader.failure(.missingKey("mount")) }
        guard
            let size = try reader.parsed(
                "size", expected: "a size with its unit up to \(Self.maximumSize), as '200 GiB'",
                { ByteSize($0).flatMap { $0 <= Self.maximumSize ? $0 : nil } })
        else { throw reader.failure(.missingKey("size")) }
        self.mount = mount
        self.size = size
        type =
            try reader.parsed(
                "type", expected: "an EBS volume type, such as 'gp3'",
                { Name.isPlain($0) ? $0 : nil }) ?? "gp3"
        filesystem =
            try reader.parsed(
                "filesystem", expected: "xfs or ext4", Filesystem.init(rawValue:)) ?? .xfs
        by =
            try reader.parsed("by", expected: "panel or role", Claimant.init(rawValue:)) ?? .panel
    }
}
