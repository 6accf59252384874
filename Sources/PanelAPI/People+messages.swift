/// A user as the panel shows one; no answer has anything of a password.
public struct User: Codable, Sendable, Equatable {
    public var name: String
    public var role: PersonRole
    /// Seconds since 1970.
    public var createdAt: Double
    /// When they were locked out; nil: they may come in.
    public var disabledAt: Double?

    public init(name: String, role: PersonRole, createdAt: Double, disabledAt: Double? = nil) {
        self.name = name
        self.role = role
        self.createdAt = createdAt
        self.disabledAt = disabledAt
    }
}

/// The body of `POST /v1/users`.
public struct UserOrder: Codable, Sendable, Equatable {
    public var name: String
    public var role: PersonRole
    /// 12 characters at least.
    public var password: String

    public init(name: String, role: PersonRole, password: String) {
        self.name = name
        self.role = role
        self.password = password
    }
}

/// The body of `PATCH /v1/users/NAME`: what is left out stays as it is.
public struct UserChange: Codable, Sendable, Equatable {
    public var role: PersonRole?
    /// True ends their sessions and takes their tokens back.
    public var disabled: Bool?
    public var password: String?

    public init(role: PersonRole? = nil, disabled: Bool? = nil, password: String? = nil) {
        self.role = role
        self.disabled = disabled
        self.password = password
    }
}

/// The body of `PUT /v1/password`: the caller's own.
public struct PasswordChange: Codable, Sendable, Equatable {
    public var old: String
    /// 12 characters at least.
    public var new: String

    public init(old: String, new: String) {
        self.old = old
        self.new = new
    }
}

/// The body of `POST /v1/tokens`: a token by which a program speaks for a user.
public struct APITokenOrder: Codable, Sendable, Equatable {
    /// Whose; an admin may say anyone's. Left out: the caller's own.
    public var user: String?
    /// No higher than the user's, which is what it is where this is left out.
    public var role: PersonRole?
    /// What it is for.
    public var note: String?
    /// From a minute to a year.
    public var lifeSeconds: Int

    public init(
        user: String? = nil, role: PersonRole? = nil, note: String? = nil, lifeSeconds: Int
    ) {
        self.user = user
        self.role = role
        self.note = note
        self.lifeSeconds = lifeSeconds
    }
}

/// A user's token, without its secret. Times are seconds since 1970.
public struct APIToken: Codable, Sendable, Equatable {
    public var id: String
    public var user: String
    public var role: PersonRole
    public var note: String?
    public var createdAt: Double
    public var expiresAt: Double
    public var usedAt: Double?

    public init(
        id: String, user: String, role: PersonRole, note: String? = nil, createdAt: Double,
        expiresAt: Double, usedAt: Double? = nil
    ) {
        self.id = id
        self.user = user
        self.role = role
        self.note = note
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.usedAt = usedAt
    }
}

/// The answer to `POST /v1/tokens`: the one time that the token is seen.
public struct NewAPIToken: Codable, Sendable, Equatable {
    public var token: String
    public var record: APIToken

    public init(token: String, record: APIToken) {
        self.token = token
        self.record = record
    }
}
