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

    public init(_ source: Source, _ value: String) {
        self.source = source
        self.value = value
    }

    public var description: String { "\(source.rawValue) says '\(value)'" }
}

/// Why a node's role cannot be told.
public enum RoleError: Error, Equatable, CustomStringConvertible {
    /// No source says anything. `iamRole` is the name that told nothing, if there is one.
    case none(iamRole: String?)
    case disagreement(RoleClaim, RoleClaim)
    case unknown(RoleClaim, known: [String])

    public var description: String {
        switch self {
        case .none(let iamRole):
            "no role: none in the cluster file and user-data, no tag 'howdah:role' in metadata "
                + "(InstanceMetadataTags must be on)"
                + (iamRole.map { ", and the IAM role '\($0)' matches no role of the stack" }
                    ?? ", and no IAM role")
        case .disagreement(let first, let second):
            "role unclear: \(first), but \(second); make them agree or remove one"
        case .unknown(let claim, let known):
            "unknown role: \(claim), the stack has \(known.joined(separator: ", "))"
        }
    }
}

extension Stack {
    /// The role that all sources which are present agree on.
    ///
    /// An IAM role's name that matches no role is as good as absent: it may have been named for
    /// something else. Every other claim must be a role of the stack.
    public func resolveRole(_ claims: [RoleClaim]) throws(RoleError) -> String {
        var agreed: (role: String, claim: RoleClaim)?
        for claim in claims {
            guard let role = try role(of: claim) else { continue }
            if let agreed, agreed.role != role { throw .disagreement(agreed.claim, claim) }
            agreed = agreed ?? (role, claim)
        }
        guard let agreed else {
            throw .none(iamRole: claims.first { $0.source == .iamRole }?.value)
        }
        return agreed.role
    }

    private func role(of claim: RoleClaim) throws(RoleError) -> String? {
        if claim.source == .iamRole { return role(forIAMRole: claim.value) }
        guard roles[claim.value] != nil else {
            throw .unknown(claim, known: roles.keys.sorted())
        }
        return claim.value
    }
}
