internal import Hummingbird
internal import PanelAPI

extension Panel {
    /// The ways in, and who may say who comes in.
    func addAccessRoutes(to router: Router<PanelContext>) {
        OpenAPIController().addRoutes(to: router)
        LoginController(access: access).addRoutes(to: router)
        let passwords = PasswordController(access: access)
        passwords.addRoutes(
            to: router.group("v1/password").add(middleware: PersonAuthenticator(access: access)))
        passwords.addPageRoutes(
            to: router.group().add(middleware: PersonAuthenticator(access: access, isPage: true)))
        UserController(access: access).addRoutes(
            to: router.group("v1/users")
                .add(middleware: PersonAuthenticator(access: access, role: .admin)))
        APITokenController(access: access).addRoutes(
            to: router.group("v1/tokens").add(middleware: PersonAuthenticator(access: access)))
    }
}
