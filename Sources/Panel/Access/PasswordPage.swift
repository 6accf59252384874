/// Where a person gives themselves a new password.
enum PasswordPage {
    static func render(_ person: Person, message: String?) -> HTML {
        let said: HTML = message.map { "<p class=\"refused\" role=\"alert\">\($0)</p>" } ?? ""
        let frame = PageFrame(
            title: "Howdah: your password", account: LoginPage.account(person), isLive: false)
        return frame.render(
            """
            <h1>Password of \(person.name)</h1>
            \(said)
            <form class="login" method="post" action="/password">
            \(LoginPage.token(of: person))
            \(field("Old password", "old", "current-password"))\
            \(field("New password", "new", "new-password"))\
            \(field("New password, again", "again", "new-password"))\
            <p><button>Change it</button></p>
            </form>
            <p>A password has \(PasswordHasher.minimumLength) characters at least. A new one ends \
            your sessions, and none of your tokens: you log in with it then. \
            <a href="/">Back</a></p>

            """)
    }

    private static func field(_ label: String, _ name: String, _ kind: String) -> HTML {
        """
        <p><label>\(label) <input name="\(name)" type="password" autocomplete="\(kind)" \
        required></label></p>

        """
    }
}
