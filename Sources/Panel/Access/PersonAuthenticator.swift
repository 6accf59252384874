internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// Lets a call of a person through who is known and has the role that all behind it need, and says
/// who it is; what needs more asks `PanelContext.person(atLeast:)`.
struct PersonAuthenticator: RouterMiddleware {
    typealias Context = PanelContext

    let access: Access
    var role = PersonRole.viewer
    /// A page sends a browser that nobody has logged in with to the login.
    var isPage = false

    func handle(
        _ request: Request, context: PanelContext,
        next: (Request, PanelContext) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (request, context)
        guard let person = try await person(&request) else { return LoginController.toLogin }
        context.visitor = person
        context.identity.name = person.name
        _ = try person.having(role)
        return try await next(request, context)
    }

    /// Nil where a browser is to log in first.
    private func person(_ request: inout Request) async throws -> Person? {
        if request.headers[.authorization] == nil {
            if let person = try await access.person(sessionOf: request) {
                try await check(&request, person)
                return person
            }
            let isLook = SameSite.isLook(request)
            if isLook, OpenPage.isOpen(to: request, access.settings) { return .anyone }
            if isLook, isPage { return nil }
        }
        return try await access.person(token: try BearerToken.read(request))
    }

    /// A browser sends its cookie along whoever made it call.
    private func check(_ request: inout Request, _ person: Person) async throws {
        guard !SameSite.isLook(request), case .session(let secret) = person.proof else { return }
        try SameSite.checkOrigin(of: request, isSecure: access.cookie.isSecure)
        var sent = HTTPField.Name(SameSite.header).flatMap { request.headers[$0] }
        if sent == nil, FormBody.isForm(request) {
            sent = try await FormBody.read(&request)[SameSite.field]
        }
        try SameSite.checkToken(sent, SameSite.token(ofSession: secret))
    }
}

/// A page that whoever reaches it may see.
enum OpenPage {
    /// Only under an address, not under a name: a name may be another site's that was made to
    /// point here (DNS rebinding), whose pages would then read this one.
    static func isOpen(to request: Request, _ settings: AccessSettings) -> Bool {
        guard settings.isPageOpen, let authority = request.head.authority else { return false }
        let host =
            authority.hasPrefix("[")
            ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
        return host == "localhost" || authority.hasPrefix("[")
            || !host.isEmpty && host.allSatisfy { $0.isASCII && $0.isNumber || $0 == "." }
    }
}
