internal import HTTPTypes
internal import PanelAPI

/// Who makes a call, where it is no node.
struct Person: Sendable, Equatable {
    /// By what the panel knows them.
    enum Proof: Sendable, Equatable {
        /// The token of the file that `operator-token-file` names.
        case file
        /// An API token.
        case token(id: String, expiresAt: Double)
        /// A browser's cookie, by its secret.
        case session(String)
        /// None: the page is open.
        case none
    }

    /// Whoever has the token of the file, which belongs to the panel's host and to no user.
    static let tokenOfTheFile = Person(name: "operator-token", role: .admin, proof: .file)

    /// Whoever reaches a panel whose page is open.
    static let anyone = Person(name: "anyone", role: .viewer, proof: .none)

    /// As it stands in the audit log.
    var name: String
    var role: PersonRole
    var proof: Proof
}

extension Person {
    /// This person, if they have the role or a higher one.
    func having(_ needed: PersonRole) throws(Refusal) -> Person {
        guard role >= needed else {
            throw Refusal(
                .forbidden, "role-too-low",
                "this needs the role '\(needed.rawValue)', '\(name)' has '\(role.rawValue)'")
        }
        return self
    }
}

extension PanelContext {
    /// The person who makes the call, who must have this role or a higher one. Routes that need
    /// one are behind `PersonAuthenticator`.
    func person(atLeast role: PersonRole) throws(Refusal) -> Person {
        guard let visitor else {
            throw Refusal.unauthorized("token-missing", "this call needs a person's token")
        }
        return try visitor.having(role)
    }
}
