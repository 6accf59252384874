internal import Digests
internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// `/login` and `/logout`: a browser's way in and out.
struct LoginController: Sendable {
    /// How long a form that was loaded can be sent.
    static let formSeconds = 3600
    static let toLogin = redirect("/login")
    private static let toPage = redirect("/")

    let access: Access

    func addRoutes(to router: Router<PanelContext>) {
        router.get("login") { request, _ in
            if try await access.person(sessionOf: request) != nil { return Self.toPage }
            return page(.ok, nil)
        }
        router.post("login") { request, context in
            do {
                return try await login(request, context)
            } catch let refusal as Refusal {
                try await access.notes.note(refusal, of: "POST /login", by: context.address)
                var answer = page(refusal.status, refusal.refusal.message)
                answer.headers[.retryAfter] = refusal.retryAfterSeconds.map { String($0) }
                return answer
            }
        }
        router.group().add(middleware: PersonAuthenticator(access: access))
            .post("logout") { _, context in
                let person = try context.person(atLeast: .viewer)
                guard case .session(let secret) = person.proof else {
                    throw Refusal.badRequest("there is no session to end")
                }
                try await access.sessions.end(
                    secret, of: person.name, from: context.address, now: access.time.now())
                var answer = Self.toLogin
                answer.headers[.setCookie] = access.cookie.set(
                    SessionCookie.session, "", seconds: 0)
                return answer
            }
    }

    private func login(_ request: Request, _ context: PanelContext) async throws -> Response {
        var request = request
        try SameSite.checkOrigin(of: request, isSecure: access.cookie.isSecure)
        guard FormBody.isForm(request) else { throw Refusal.badRequest("the body is no form") }
        let fields = try await FormBody.read(&request)
        let form = access.cookie.read(SessionCookie.form, of: request) ?? ""
        try SameSite.checkToken(fields[SameSite.field], formToken(form))
        let record = try await user(
            fields["name"] ?? "", fields["password"] ?? "", from: context.address)
        context.identity.name = record.name
        let secret = SecretText.make(access.time)
        try await access.sessions.begin(
            secret, for: record, from: context.address, now: access.time.now())
        var answer = Self.toPage
        answer.headers[.setCookie] = access.cookie.set(
            SessionCookie.session, secret, seconds: Int(SessionRepository.absoluteSeconds))
        return answer
    }

    /// Whose name and password these are. The same words and the same work for a name that nobody
    /// has, a wrong password, and a user who is locked out.
    private func user(
        _ name: String, _ password: String, from address: String
    ) async throws -> UserRepository.Record {
        try access.loginsOfAddress.take(address)
        // By its hash: a name that nobody has may be a password that went into the wrong field.
        let bucket = Hex.encode(Digest.of(Array(name.utf8)).bytes)
        try access.loginsOfUser.take(bucket)
        let record = try await access.users.record(name)
        let hash = record.flatMap { $0.disabledAt == nil ? $0.passwordHash : nil }
        guard try await access.hasher.matches(password, hash), let record else {
            throw Refusal.login
        }
        access.loginsOfUser.giveBack(bucket)
        return record
    }

    private func page(_ status: HTTPResponse.Status, _ message: String?) -> Response {
        let form = SecretText.make(access.time)
        let html = LoginPage.render(formToken: formToken(form), message: message)
        var answer = PageController.response(
            html.text, PageController.html, status: status)
        answer.headers[.setCookie] = access.cookie.set(
            SessionCookie.form, form, seconds: Self.formSeconds)
        return answer
    }

    /// What the form must have beside the cookie: nobody else can set one that fits the other.
    private func formToken(_ form: String) -> String {
        Hex.encode(hmacSHA256(key: access.formKey, Array(form.utf8)))
    }

    private static func redirect(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}

extension Refusal {
    /// Whatever it is that does not fit.
    static let login = Refusal(
        .forbidden, "login-refused", "there is no user of this name and password")
}
