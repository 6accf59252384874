internal import Hummingbird
internal import PanelAPI

/// `/v1/users`: admins say who may come in.
struct UserController: Sendable {
    let access: Access

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.get { _, _ in try JSONBody.response(try await access.users.all()) }
        group.post { request, context in
            let person = try context.person(atLeast: .admin)
            let order = try await JSONBody.decode(UserOrder.self, from: request)
            let user = try await access.add(order, by: person.name)
            return try JSONBody.response(user, status: .created)
        }
        group.patch(":name") { request, context in
            let person = try context.person(atLeast: .admin)
            let change = try await JSONBody.decode(UserChange.self, from: request)
            let name = try context.parameters.require("name")
            return try JSONBody.response(
                try await access.change(name, change, by: person.name))
        }
    }
}

extension Access {
    func add(_ order: UserOrder, by actor: String) async throws -> User {
        try UserName.check(order.name)
        let hash = try await hasher.hash(order.password)
        return try await users.add(
            UserRepository.Record(
                name: order.name, role: order.role, passwordHash: hash, createdAt: time.now()),
            by: actor)
    }

    func change(_ name: String, _ change: UserChange, by actor: String) async throws -> User {
        var hash: String?
        if let password = change.password {
            guard try await users.record(name) != nil else {
                throw Refusal.notFound("unknown-user", "there is no user '\(name.prefix(64))'")
            }
            hash = try await hasher.hash(password)
        }
        return try await users.change(
            name,
            UserRepository.Change(
                role: change.role, disabled: change.disabled, passwordHash: hash),
            by: actor, now: time.now())
    }
}

/// What a user may be called.
enum UserName {
    static let maximumLength = 64
    /// What stands for others in the audit log.
    static let reserved: Set<String> = [
        Person.tokenOfTheFile.name, Person.anyone.name, "operator", "panel", "unknown", "console",
    ]

    static func check(_ name: String) throws(Refusal) {
        guard name.utf8.count <= maximumLength,
            (try? /[a-z][a-z0-9._@-]*/.wholeMatch(in: name)) != nil, !name.hasPrefix("i-")
        else {
            throw Refusal.badRequest(
                "a user's name begins with a small letter and has small letters, digits and "
                    + "'._@-', \(maximumLength) at most")
        }
        guard !reserved.contains(name) else {
            throw Refusal.badRequest("'\(name)' is no user's name: the panel's own")
        }
    }
}
