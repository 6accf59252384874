/// `POST /v1/clusters/NAME/launches`: instances that the panel is to start.
public struct LaunchOrder: Codable, Sendable, Equatable {
    public enum Market: String, Codable, Sendable, CaseIterable {
        case onDemand = "on-demand"
        case spot
    }

    /// A role for which `panel.yaml` says how instances are made.
    public var role: String
    public var count: Int
    /// Nil for what `panel.yaml` says.
    public var market: Market?
    /// Why, for the audit log.
    public var reason: String?

    public init(role: String, count: Int, market: Market? = nil, reason: String? = nil) {
        self.role = role
        self.count = count
        self.market = market
        self.reason = reason
    }
}

/// One instance that the panel starts, from the order to the end of its life.
public struct Launch: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Stored, not yet confirmed by EC2.
        case requested
        /// EC2 has made it; it has not enrolled.
        case launched
        /// It is a node of the cluster.
        case enrolled
        /// EC2 did not make it, or it ended before it enrolled.
        case failed
        /// EC2 says that it is terminated.
        case ended
    }

    public var id: String
    public var cluster: String
    public var role: String
    public var market: LaunchOrder.Market
    public var state: State
    public var instanceID: String?
    public var requestedBy: String
    public var reason: String
    /// Seconds since 1970, as the panel's clock has them.
    public var requestedAt: Double
    public var stateAt: Double
    /// What is wrong with it, in words; nil while nothing is.
    public var problem: String?

    public init(
        id: String, cluster: String, role: String, market: LaunchOrder.Market, state: State,
        instanceID: String?, requestedBy: String, reason: String, requestedAt: Double,
        stateAt: Double, problem: String?
    ) {
        self.id = id
        self.cluster = cluster
        self.role = role
        self.market = market
        self.state = state
        self.instanceID = instanceID
        self.requestedBy = requestedBy
        self.reason = reason
        self.requestedAt = requestedAt
        self.stateAt = stateAt
        self.problem = problem
    }
}

/// `POST /v1/clusters/NAME/nodes/NODE/terminate`: an instance that the panel is to end.
public struct TerminationOrder: Codable, Sendable, Equatable {
    /// The id of the instance that is meant: a name may be another instance's by now.
    public var confirm: String
    public var reason: String?

    public init(confirm: String, reason: String? = nil) {
        self.confirm = confirm
        self.reason = reason
    }
}

/// How far the end of an instance has come.
public struct Termination: Codable, Sendable, Equatable {
    public var instanceID: String
    public var node: String
    public var requestedBy: String
    public var requestedAt: Double
    /// When EC2 was seen to have it terminated; nil before.
    public var doneAt: Double?
    public var problem: String?

    public init(
        instanceID: String, node: String, requestedBy: String, requestedAt: Double,
        doneAt: Double? = nil, problem: String? = nil
    ) {
        self.instanceID = instanceID
        self.node = node
        self.requestedBy = requestedBy
        self.requestedAt = requestedAt
        self.doneAt = doneAt
        self.problem = problem
    }
}

/// A line of `GET /v1/clusters/NAME/audit`.
public struct AuditLine: Codable, Sendable, Equatable {
    /// Grows from line to line; `before=ID` reads on to older ones.
    public var id: Int64
    /// Seconds since 1970.
    public var at: Double
    public var actor: String
    public var action: String
    public var subject: String
    public var detail: String

    public init(
        id: Int64, at: Double, actor: String, action: String, subject: String, detail: String
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.action = action
        self.subject = subject
        self.detail = detail
    }
}
