internal import PanelAPI

/// Where a browser says who sits at it.
enum LoginPage {
    /// `message`: why a login was refused; `isAgain`: after a new password.
    static func render(formToken: String, message: String?, isAgain: Bool = false) -> HTML {
        let said: HTML =
            message.map { "<p class=\"refused\" role=\"alert\">\($0)</p>" }
            ?? (isAgain ? "<p role=\"status\">The password is changed: log in with it.</p>" : "")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Howdah: log in</title>
            <link rel="stylesheet" href="/style.css">
            </head>
            <body>
            <main>
            <h1>Howdah Control Panel</h1>
            \(said)
            <form class="login" method="post" action="/login">
            <input type="hidden" name="\(SameSite.field)" value="\(formToken)">
            <p><label>Name <input name="name" autocomplete="username" required autofocus>\
            </label></p>
            <p><label>Password <input name="password" type="password" \
            autocomplete="current-password" required></label></p>
            <p><button>Log in</button></p>
            </form>
            </main>
            </body>
            </html>

            """
    }

    /// Who is logged in, and the way out; nothing where nobody is.
    static func account(_ person: Person?) -> HTML {
        guard let person, case .session = person.proof else { return "" }
        return """

            <form class="logout" method="post" action="/logout">\(token(of: person))\
            \(person.name), \(person.role.rawValue) <a href="/password">Password</a> \
            <button>Log out</button></form>
            """
    }

    /// What a form must have that the page of a session sends; nothing where there is no session.
    static func token(of person: Person) -> HTML {
        guard case .session(let secret) = person.proof else { return "" }
        let token = SameSite.token(ofSession: secret)
        return "<input type=\"hidden\" name=\"\(SameSite.field)\" value=\"\(token)\">"
    }
}
