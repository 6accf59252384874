/// What one source says of a node's role.
public struct RoleClaim: Sendable, Equatable, CustomStringConvertible {
    public enum Source: String, Sendable, CaseIterable {
        case baked = "the cluster file"
        case userData = "user-data"
        case tag = "the instance tag 'howdah:role'"
        case iamRole = "the IAM role"
    }

    public let source: Source
    /// A role's name, or for ``Source/iamRole`` the IAM role's name.
    public let value: String
    /// Where in the source, such as `user-data part 2`; nil where that adds nothing.
    public let place: String?

    public init(_ source: Source, _ value: String, place: String? = nil) {
        self.source = source
        self.value = value
        self.place = place
    }

    public var description: String { "\(place ?? source.rawValue) says '\(value)'" }
}

/// Why a node's role cannot be told.
public enum RoleError: Error, Equatable, CustomStringConvertible {
    /// No source says anything. `iamRole` is the name that told nothing, if there is one;
    /// `hasTags` is false where metadata has none of the instance's tags.
    case none(iamRole: String?, hasTags: Bool)
    case disagreement(RoleClaim, RoleClaim)
    case unknown(RoleClaim, known: [String])
    /// The cluster file maps IAM roles to a role that the stack has not.
    case unknownRule(Stack.IAMRoleRule, known: [String])

    public var description: String {
        switch self {
        case .none(let iamRole, let hasTags):
            "no role: none in the cluster file and user-data, "
                + (hasTags
                    ? "no tag 'howdah:role' on the instance"
                    : "tags in metadata are off (turn on InstanceMetadataTags to give the role "
                        + "by the tag 'howdah:role')")
                + (iamRole.map { ", and the IAM role '\($0)' matches no role of the stack" }
                    ?? ", and no IAM role")
        case .disagreement(let first, let second):
            "role unclear: \(first), but \(second); make them agree or remove one"
        case .unknown(let claim, let known):
            "unknown role: \(claim), the stack has \(known.joined(separator: ", "))"
        case .unknownRule(let rule, let known):
            "unknown role: 'roles' of the cluster file maps the IAM role '\(rule.pattern)' to "
                + "'\(rule.role)', the stack has \(known.joined(separator: ", "))"
        }
    }
}

extension Stack {
    /// The role that all sources which are present agree on.
    ///
    /// `rules` are the cluster file's, which go before the stack's own. An IAM role's name that
    /// matches no role is as good as absent: it may have been named for something else. Every other
    /// claim must be a role of the stack.
    public func resolveRole(
        _ claims: [RoleClaim], rules: [IAMRoleRule] = [], hasTags: Bool = true
    ) throws(RoleError) -> String {
        if let unknown = rules.first(where: { roles[$0.role] == nil }) {
            throw .unknownRule(unknown, known: roles.keys.sorted())
        }
        var agreed: (role: String, claim: RoleClaim)?
        for claim in claims {
            guard let role = try role(of: claim, rules) else { continue }
            if let agreed, agreed.role != role { throw .disagreement(agreed.claim, claim) }
            agreed = agreed ?? (role, claim)
        }
        guard let agreed else {
            throw .none(
                iamRole: claims.first { $0.source == .iamRole }?.value, hasTags: hasTags)
        }
        return agreed.role
    }

    private func role(
        of claim: RoleClaim, _ rules: [IAMRoleRule]
    ) throws(RoleError) -> String? {
        if claim.source == .iamRole { return role(forIAMRole: claim.value, rules: rules) }
        guard roles[claim.value] != nil else {
            throw .unknown(claim, known: roles.keys.sorted())
        }
        return claim.value
    }

    /// As ``role(forIAMRole:)``, by `rules` first.
    public func role(forIAMRole name: String, rules: [IAMRoleRule]) -> String? {
        rules.first { Pattern.matches(name, $0.pattern) }?.role ?? role(forIAMRole: name)
    }
}
