internal import Digests
internal import HTTPTypes
internal import PanelAPI

extension Access {
    /// Whose name and password these are; nil where they fit nobody. The same work for a name that
    /// nobody has, a wrong password, and a user who is locked out.
    func user(
        _ name: String, _ password: String, from address: String
    ) async throws -> UserRepository.Record? {
        try loginsOfAddress.take(address)
        // By its hash: a name that nobody has may be a password that went into the wrong field.
        let bucket = Hex.encode(Digest.of(Array(name.utf8)).bytes)
        try loginsOfUser.take(bucket)
        let record = try await users.record(name)
        let hash = record.flatMap { $0.disabledAt == nil ? $0.passwordHash : nil }
        guard try await hasher.matches(password, hash) else { return nil }
        loginsOfUser.giveBack(bucket)
        return record
    }

    /// Who has come in by a session or a token knows the password no better than whoever sits down
    /// at an open browser: the old one is asked for, as often as a login's may be tried.
    func changeOwn(
        _ change: PasswordChange, of person: Person, from address: String
    ) async throws -> User {
        switch person.proof {
        case .session, .token: break
        case .file, .none:
            throw Refusal(
                .forbidden, "no-user", "'\(person.name)' is no user and has no password")
        }
        try PasswordHasher.check(change.new)
        guard let record = try await user(person.name, change.old, from: address) else {
            throw Refusal(.forbidden, "password-refused", "the old password is another one")
        }
        let new = try await hasher.hash(change.new)
        return try await users.change(
            person.name,
            UserRepository.Change(passwordHash: new, insteadOf: record.passwordHash),
            by: person.name, now: time.now())
    }
}
