internal import Digests
internal import Hummingbird
internal import PanelAPI

/// `/v1/tokens`: by which programs speak for users. One's own, and for admins anyone's.
struct APITokenController: Sendable {
    let access: Access

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.post { request, context in
            let person = try context.person(atLeast: .viewer)
            let order = try await JSONBody.decode(APITokenOrder.self, from: request)
            let made = try await make(order, for: person)
            return try JSONBody.response(made, status: .created)
        }
        group.get { request, context in
            let person = try context.person(atLeast: .viewer)
            let asked = request.uri.queryParameters["user"].map { String($0) }
            return try JSONBody.response(
                try await access.tokens.all(of: try owner(asked, person)))
        }
        group.delete(":id") { _, context in
            let person = try context.person(atLeast: .viewer)
            let removed = try await access.tokens.remove(
                try context.parameters.require("id"), of: try owner(nil, person),
                by: person.name, now: access.time.now())
            guard removed else {
                throw Refusal.notFound("unknown-token", "there is no token of this id")
            }
            return Response(status: .noContent)
        }
    }

    /// Whose tokens a person means: nil is everybody's, for admins.
    private func owner(_ asked: String?, _ person: Person) throws(Refusal) -> String? {
        if person.role == .admin { return asked }
        guard person.proof != .none else {
            throw Refusal.unauthorized("token-missing", "this call needs a person's token")
        }
        guard asked == nil || asked == person.name else {
            throw Refusal(.forbidden, "not-yours", "these are another user's tokens")
        }
        return person.name
    }

    private func make(_ order: APITokenOrder, for person: Person) async throws -> NewAPIToken {
        let now = access.time.now()
        guard APITokenRepository.lifeSeconds.contains(order.lifeSeconds) else {
            throw Refusal.badRequest("a token lives for a minute at least, for 366 days at most")
        }
        let note = order.note ?? ""
        guard note.utf8.count <= APITokenRepository.maximumNoteLength,
            note.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw Refusal.badRequest(
                "a note has \(APITokenRepository.maximumNoteLength) bytes at most, on one line")
        }
        let name = try owner(order.user ?? person.name, person) ?? person.name
        guard let user = try await access.users.record(name), user.disabledAt == nil else {
            throw Refusal.notFound("unknown-user", "there is no user '\(name.prefix(64))'")
        }
        let role = order.role ?? min(user.role, person.role)
        guard role <= user.role, role <= person.role else {
            throw Refusal(
                .forbidden, "role-too-low",
                "a token of the role '\(role.rawValue)' is above what '\(name)' may")
        }
        let end = now + Double(order.lifeSeconds)
        if case .token(_, let expiresAt) = person.proof, end > expiresAt {
            throw Refusal(
                .forbidden, "not-yours", "a token makes none that lives longer than itself")
        }
        let token = SecretText.make(access.time, prefix: APITokenRepository.prefix)
        let hash = SecretText.hash(token)
        let record = APITokenRepository.Record(
            hash: hash, id: Hex.encode(Array(hash.prefix(6))), user: name, role: role,
            note: order.note, createdAt: now, expiresAt: end)
        try await access.tokens.insert(record, by: person.name)
        return NewAPIToken(token: token, record: record.view)
    }
}
