public import ArgumentParser
internal import FoundationEssentials
internal import Host
public import PanelAPI
internal import PanelClient

/// `howdah cluster users`: people who may talk to the panel.
struct ClusterUsers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "People who may talk to the panel; for admins, but for one's own password.",
        subcommands: [
            ClusterUsersList.self, ClusterUsersAdd.self, ClusterUsersSetRole.self,
            ClusterUsersDisable.self, ClusterUsersEnable.self, ClusterUsersPassword.self,
        ])
}

extension PersonRole: ExpressibleByArgument {}

struct ClusterUsersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the users.",
        discussion: "Example: howdah cluster users list")

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (client, token) = try options.open()
        let users = try await client.users(operatorToken: token)
        if json { return try Terminal.printJSON(users) }
        for user in users {
            print(
                "\(user.name)  \(user.role.rawValue)\(user.disabledAt == nil ? "" : "  disabled")")
        }
    }
}

struct ClusterUsersAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a user.",
        discussion: """
            The password comes from the terminal, or is the first line of standard input; 12
            characters at least.

            Example:
              howdah cluster users add ada --role operator
            """)

    @Argument(help: "Small letters, digits and '._@-'.")
    var name: String

    @Option(help: "viewer, operator or admin.")
    var role: PersonRole

    @OptionGroup var options: PanelOptions

    func run() async throws {
        let (client, token) = try options.open()
        let password = try PasswordInput.read(prompt: "password of \(name)", isNew: true)
        let user = try await client.addUser(
            UserOrder(name: name, role: role, password: password), operatorToken: token)
        print("\(user.name): \(user.role.rawValue)")
    }
}

struct ClusterUsersSetRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-role", abstract: "Give a user another role.",
        discussion: "Example: howdah cluster users set-role ada viewer")

    @Argument(help: "Whose.")
    var name: String

    @Argument(help: "viewer, operator or admin.")
    var role: PersonRole

    @OptionGroup var options: PanelOptions

    func run() async throws { try await options.change(name, UserChange(role: role)) }
}

struct ClusterUsersDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Lock a user out: sessions end, tokens are gone.",
        discussion: "Example: howdah cluster users disable ada")

    @Argument(help: "Whom.")
    var name: String

    @OptionGroup var options: PanelOptions

    func run() async throws { try await options.change(name, UserChange(disabled: true)) }
}

struct ClusterUsersEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a user who was locked out in again.",
        discussion: "Example: howdah cluster users enable ada")

    @Argument(help: "Whom.")
    var name: String

    @OptionGroup var options: PanelOptions

    func run() async throws { try await options.change(name, UserChange(disabled: false)) }
}

struct ClusterUsersPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Change your own password, or as an admin another's; that ends their sessions.",
        discussion: """
            Your own needs the old one, which is asked for first; where standard input is no
            terminal, the old one is its first line and the new one its second. Tokens stay.

            Example:
              howdah cluster users password
              howdah cluster users password ada
            """)

    @Argument(help: "Whose; your own where it is left out.")
    var name: String?

    @OptionGroup var options: PanelOptions

    func run() async throws {
        guard let name else { return try await changeOwn() }
        let password = try PasswordInput.read(prompt: "new password of \(name)", isNew: true)
        try await options.change(name, UserChange(password: password))
    }

    private func changeOwn() async throws {
        let (client, token) = try options.open()
        let old = try PasswordInput.read(prompt: "old password", isNew: false)
        let new = try PasswordInput.read(prompt: "new password", isNew: true)
        try await client.changePassword(
            PasswordChange(old: old, new: new), operatorToken: token)
    }
}

extension PanelOptions {
    fileprivate func change(_ name: String, _ change: UserChange) async throws {
        let (client, token) = try open()
        _ = try await client.changeUser(name, change, operatorToken: token)
    }
}
