internal import HTTPTypes
internal import Hummingbird
internal import PanelAPI

/// One's own password: `/v1/password` for programs, `/password` for browsers.
struct PasswordController: Sendable {
    let access: Access

    func addRoutes(to group: RouterGroup<PanelContext>) {
        group.put { request, context in
            let person = try context.person(atLeast: .viewer)
            let change = try await JSONBody.decode(PasswordChange.self, from: request)
            let user = try await access.changeOwn(change, of: person, from: context.address)
            return try JSONBody.response(user)
        }
    }

    func addPageRoutes(to pages: RouterGroup<PanelContext>) {
        pages.get("password") { _, context in
            let person = try context.person(atLeast: .viewer)
            // An open page's visitor has none: who has one logs in first.
            guard person.proof != .none else { return LoginController.toLogin }
            return page(person, .ok, nil)
        }
        pages.post("password") { request, context in
            let person = try context.person(atLeast: .viewer)
            do {
                return try await change(request, person, context)
            } catch let refusal as Refusal {
                try await access.notes.note(refusal, of: "POST /password", by: person.name)
                var answer = page(person, refusal.status, refusal.refusal.message)
                answer.headers[.retryAfter] = refusal.retryAfterSeconds.map { String($0) }
                return answer
            }
        }
    }

    private func change(
        _ request: Request, _ person: Person, _ context: PanelContext
    ) async throws -> Response {
        var request = request
        guard FormBody.isForm(request) else { throw Refusal.badRequest("the body is no form") }
        let fields = try await FormBody.read(&request)
        guard let old = fields["old"], let new = fields["new"], new == fields["again"] else {
            throw Refusal.badRequest("the two new passwords are not the same")
        }
        _ = try await access.changeOwn(
            PasswordChange(old: old, new: new), of: person, from: context.address)
        var answer = Response(
            status: .seeOther, headers: [.location: "/login?again", .cacheControl: "no-store"])
        answer.headers[.setCookie] = access.cookie.set(SessionCookie.session, "", seconds: 0)
        return answer
    }

    private func page(
        _ person: Person, _ status: HTTPResponse.Status, _ message: String?
    ) -> Response {
        PageController.response(
            PasswordPage.render(person, message: message).text, PageController.html,
            status: status)
    }
}
