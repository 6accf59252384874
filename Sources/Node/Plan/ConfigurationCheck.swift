internal import Cluster
public import Host

/// Reads a cluster file by the same code as a boot, without a machine around it.
public struct ConfigurationCheck: Sendable {
    /// Where an image has them.
    public static let defaultFile = BootConfiguration.clusterPath
    public static let defaultStacks = BootConfiguration.stackFolder

    private let configuration: BootConfiguration

    /// `file` and `stacks` are paths below the root of `files`; nil for where an image has them.
    public init(files: Files, file: String? = nil, stacks: String? = nil) {
        configuration = BootConfiguration(
            files: files, clusterPath: file ?? BootConfiguration.clusterPath,
            stackFolder: stacks ?? BootConfiguration.stackFolder)
    }

    /// What a right configuration is, in a line; throws what a boot would stop with.
    ///
    /// Where there is no folder of stacks, as on a machine that is no image, what depends on the
    /// stack is not looked at.
    public func run(userData: [UInt8]?) throws -> Outcome {
        let (cluster, ours) = try configuration.cluster(userData: userData)
        var outcome = Outcome(
            file: configuration.clusterPath, cluster: cluster.cluster, stack: cluster.stack,
            role: nil, userDataParts: ours?.fragments.count ?? 0, isStackChecked: false)
        guard configuration.files.exists(configuration.stackFolder) else { return outcome }
        let (stack, _) = try configuration.stack(of: cluster)
        try stack.checkSettings(of: cluster)
        let claims = BootPlan.claims(cluster, ours)
        if !claims.isEmpty || !cluster.roles.isEmpty {
            outcome.role = try role(of: stack, claims, cluster.roles)
        }
        outcome.isStackChecked = true
        return outcome
    }

    /// Nil where it is left to the tag and the IAM role, which are not known here.
    private func role(
        of stack: Stack, _ claims: [RoleClaim], _ rules: [Stack.IAMRoleRule]
    ) throws -> String? {
        do {
            return try stack.resolveRole(claims, rules: rules)
        } catch {
            if case .none = error { return nil }
            throw error
        }
    }

    /// The whole configuration with every default, as YAML that can be read again.
    public func text(userData: [UInt8]?, isRedacted: Bool) throws -> String {
        let (cluster, _) = try configuration.cluster(userData: userData)
        return (isRedacted ? cluster.redacted : cluster).canonicalText
    }

    /// What was found right.
    public struct Outcome: Sendable, Equatable, Encodable {
        public var file: String
        public var cluster: String
        public var stack: String
        /// Nil where the files leave it to the tag or the IAM role.
        public var role: String?
        public var userDataParts: Int
        public var isStackChecked: Bool

        public var line: String {
            let role = role.map { ", role '\($0)'" } ?? ""
            return "'\(file)' is right: cluster '\(cluster)', stack '\(stack)'\(role)"
                + (isStackChecked ? "" : " (no stacks here: not looked at)")
        }
    }
}
