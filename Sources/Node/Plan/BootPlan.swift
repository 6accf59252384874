public import AWS
public import Cluster
internal import Digests

/// What a boot is to bring about on one node: worked out from metadata, the cluster file and the
/// stack without any input or output, so that it can be printed.
public struct BootPlan: Sendable, Equatable {
    public var facts: InstanceFacts
    public var cluster: ClusterFile
    public var stack: Stack
    public var role: String
    /// The role's part of the stack.
    public var part: StackRole
    public var machine: MachineSize
    /// What agreed on the role.
    public var claims: [RoleClaim]
    /// Of everything that decides what is done: the cluster file, the stack and the role.
    public var configurationHash: String

    public static let roleTag = "howdah:role"

    /// Throws a `RoleError` if the sources of the role do not agree, `UnusedSettings` if the
    /// cluster file has settings for a file that the stack has not.
    public init(
        facts: InstanceFacts, cluster: ClusterFile, userData: UserData?, stack: Stack,
        stackText: [UInt8], machine: MachineSize
    ) throws {
        var claims = Self.claims(cluster, userData)
        if let name = facts.tags?[Self.roleTag] { claims.append(RoleClaim(.tag, name)) }
        if let name = facts.iamRole { claims.append(RoleClaim(.iamRole, name)) }
        self.facts = facts
        self.cluster = cluster
        self.stack = stack
        self.claims = claims
        self.machine = machine
        try stack.checkSettings(of: cluster)
        let hasTags = facts.tags != nil
        role = try stack.resolveRole(claims, rules: cluster.roles, hasTags: hasTags)
        guard let part = stack.roles[role] else {
            throw RoleError.none(iamRole: facts.iamRole, hasTags: hasTags)
        }
        self.part = part
        var hasher = StreamHasher(.sha256)
        hasher.update(Array(cluster.canonicalText.utf8))
        hasher.update(stackText)
        hasher.update(Array(role.utf8))
        configurationHash = String(hasher.finish().hex.prefix(16))
    }

    /// What files say of the role.
    static func claims(_ cluster: ClusterFile, _ userData: UserData?) -> [RoleClaim] {
        let baked = cluster.role.name.map { [RoleClaim(.baked, $0)] } ?? []
        return baked + (userData?.claims ?? [])
    }

    public var isMaster: Bool { role == stack.masterRole }

    /// Values of the stack's variables, as far as they are known before the master is.
    public func expansion(
        root: String, address: String, masterAddress: String?, hostname: String
    ) -> Expansion {
        let prefix = root == "/" ? "" : root
        var values: [StackVariable: String] = [
            .root: prefix, .nodeAddress: address, .nodeHostname: hostname,
            .nodeInstanceID: facts.instanceID, .nodeZone: facts.availabilityZone,
            .nodeRole: role, .clusterName: cluster.cluster, .masterName: Self.masterName,
        ]
        values[.storageMount] = cluster.storage.first.map { prefix + $0.mount }
        values[.masterAddress] = masterAddress
        return Expansion(values.merging(machine.variables) { own, _ in own })
    }

    /// The name under which every node's hosts file has the master.
    public static let masterName = "master"
}

extension BootPlan {
    /// Who the node is, and what says so, in lines.
    var headLines: [String] {
        [
            "instance  \(facts.instanceID), \(facts.address), \(facts.availabilityZone)",
            "role      \(role): \(claims.map(\.description).joined(separator: "; "))",
            "cluster   \(cluster.cluster), panel \(cluster.panel), stack \(stack.name)",
            "state     \(StateStore.directory)/\(facts.instanceID)/\(configurationHash).json",
        ]
    }
}
