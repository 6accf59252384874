/// A policy of IAM, or of a bucket.
///
/// IAM User Guide, "IAM JSON policy reference".
public struct PolicyDocument: Sendable, Hashable, Encodable {
    public static let languageVersion = "2012-10-17"

    public struct Statement: Sendable, Hashable, Encodable {
        public enum Effect: String, Sendable, Encodable {
            case allow = "Allow"
            case deny = "Deny"
        }

        public var id: String
        public var effect = Effect.allow
        /// ARNs, or `*` for everybody; nil in a policy that is attached to somebody.
        public var principals: [String]?
        public var actions: [String]
        public var resources: [String]
        /// Operator, key, values.
        public var conditions: [String: [String: [String]]] = [:]

        enum CodingKeys: String, CodingKey {
            case id = "Sid"
            case effect = "Effect"
            case principal = "Principal"
            case actions = "Action"
            case resources = "Resource"
            case conditions = "Condition"
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(effect, forKey: .effect)
            if principals == ["*"] {
                try container.encode("*", forKey: .principal)
            } else if let principals {
                try container.encode(["AWS": principals], forKey: .principal)
            }
            try container.encode(actions, forKey: .actions)
            try container.encode(resources, forKey: .resources)
            if !conditions.isEmpty { try container.encode(conditions, forKey: .conditions) }
        }
    }

    public var version = PolicyDocument.languageVersion
    public var statements: [Statement]

    public init(statements: [Statement]) { self.statements = statements }

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }
}
