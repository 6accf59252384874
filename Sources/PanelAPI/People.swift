/// What a person may do at the panel: each role may do what those before it may.
public enum PersonRole: String, Codable, Sendable, CaseIterable, Comparable {
    /// Looks at everything that is shown.
    case viewer
    /// Runs the cluster: makes one-time tokens, sends metrics, starts and stops instances.
    case `operator`
    /// Says who may come in, and deletes what cannot be brought back.
    case admin

    public static func < (left: PersonRole, right: PersonRole) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }
}
