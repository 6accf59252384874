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
            return page(.ok, nil, isAgain: request.uri.queryParameters["again"] != nil)
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
        let record = try await access.user(
            fields["name"] ?? "", fields["password"] ?? "", from: context.address)
        guard let record else { throw Refusal.login }
        context.identity.name = record.name
        let secret = SecretText.make(access.time)
        try await access.sessions.begin(
            secret, for: record, from: context.address, now: access.time.now())
        var answer = Self.toPage
        answer.headers[.setCookie] = access.cookie.set(
            SessionCookie.session, secret, seconds: Int(SessionRepository.absoluteSeconds))
        return answer
    }

    private func page(
        _ status: HTTPResponse.Status, _ message: String?, isAgain: Bool = false
    ) -> Response {
        let form = SecretText.make(access.time)
        let html = LoginPage.render(
            formToken: formToken(form), message: message, isAgain: isAgain)
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
