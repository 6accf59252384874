internal import Digests
public import PanelAPI

/// Users as the panel's host changes them, whether the panel serves or not: how the first admin
/// comes to be.
public struct PanelUsers: Sendable {
    /// As it stands in the audit log.
    static let actor = "console"

    private let access: Access

    /// Opens the database that the settings name.
    public static func open(config path: String) throws -> PanelUsers {
        let settings = try PanelSettings.load(path)
        let time = PanelTime.live
        return PanelUsers(
            access: Access(
                settings.access, isSecure: false,
                database: try PanelDatabase(path: settings.database),
                // Nobody comes in here by a token: a digest of what nobody knows.
                tokenHash: Digest.of(time.random(SecretText.byteCount)), time: time))
    }

    public func list() async throws -> [User] {
        try await said { try await access.users.all() }
    }

    /// `password`: 12 characters at least.
    public func add(_ name: String, _ role: PersonRole, password: String) async throws -> User {
        try await said {
            try await access.add(
                UserOrder(name: name, role: role, password: password), by: Self.actor)
        }
    }

    public func change(_ name: String, _ change: UserChange) async throws -> User {
        try await said { try await access.change(name, change, by: Self.actor) }
    }

    private func said<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let refusal as Refusal {
            throw PanelUserError(description: refusal.refusal.message)
        }
    }
}

/// Why a user is not made or changed.
public struct PanelUserError: Error, Sendable, CustomStringConvertible {
    public let description: String
}
