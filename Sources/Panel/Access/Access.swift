internal import Digests
internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// Who may come in, and how often they may try.
struct Access: Sendable {
    static let loginsPerUser = (burst: 10, perMinute: 2.0)
    static let loginsPerAddress = (burst: 20, perMinute: 6.0)

    let settings: AccessSettings
    let database: PanelDatabase
    /// SHA-256 of the token of the file: hashes are compared, so that time says nothing of it.
    let tokenHash: Digest
    let users: UserRepository
    let tokens: APITokenRepository
    let sessions: SessionRepository
    let hasher: PasswordHasher
    let cookie: SessionCookie
    let time: PanelTime
    let loginsOfUser: RateLimit
    let loginsOfAddress: RateLimit
    let enrolments: RateLimit
    let notes: RefusalNotes
    /// Signs the tokens of login forms; forgotten when the panel stops.
    let formKey: [UInt8]

    init(
        _ settings: AccessSettings, isSecure: Bool, database: PanelDatabase, tokenHash: Digest,
        hasher: PasswordHasher? = nil, time: PanelTime
    ) {
        self.settings = settings
        self.database = database
        self.tokenHash = tokenHash
        users = UserRepository(database: database)
        tokens = APITokenRepository(database: database)
        sessions = SessionRepository(database: database)
        self.hasher = hasher ?? PasswordHasher(random: time.random)
        cookie = SessionCookie(isSecure: isSecure)
        self.time = time
        loginsOfUser = RateLimit(
            "logins of this user", burst: Self.loginsPerUser.burst,
            perMinute: Self.loginsPerUser.perMinute, time: time)
        loginsOfAddress = RateLimit(
            "logins from this address", burst: Self.loginsPerAddress.burst,
            perMinute: Self.loginsPerAddress.perMinute, time: time)
        enrolments = RateLimit(
            "enrolments from this address", burst: settings.enrolmentsPerMinute,
            perMinute: Double(settings.enrolmentsPerMinute), time: time)
        notes = RefusalNotes(database: database, time: time)
        formKey = time.random(32)
    }

    /// Who has this token; refused where nobody has.
    func person(token: String) async throws -> Person {
        if Digest.of(Array(token.utf8)) == tokenHash { return .tokenOfTheFile }
        guard let person = try await tokens.person(for: token, now: time.now()) else {
            throw Refusal.unauthorized("token-unknown", "the token is unknown to this panel")
        }
        return person
    }

    /// Whose session a browser's cookie is of, if it is one's.
    func person(sessionOf request: Request) async throws -> Person? {
        guard let secret = cookie.read(SessionCookie.session, of: request) else { return nil }
        return try await sessions.person(for: secret, now: time.now())
    }
}
