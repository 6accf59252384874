public import ArgumentParser
internal import FoundationEssentials
internal import Host
internal import Panel
public import PanelAPI

/// `howdah-panel user`: who may come in, on the panel's own host.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Make the first admin; list, change and lock out users.",
        subcommands: [
            UserAdd.self, UserList.self, UserSetRole.self, UserDisable.self, UserEnable.self,
            UserPassword.self,
        ])
}

struct UserOptions: ParsableArguments {
    @Option(help: "The panel's settings, which name the database.")
    var config = "/etc/howdah-panel/panel.yaml"
}

extension PersonRole: ExpressibleByArgument {}

struct UserAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a user.",
        discussion: """
            The password comes from the terminal, or is the first line of standard input; 12
            characters at least.

            Example:
              howdah-panel user add ada --role admin
            """)

    @Argument(help: "Small letters, digits and '._@-'.")
    var name: String

    @Option(help: "viewer, operator or admin.")
    var role: PersonRole

    @OptionGroup var options: UserOptions

    func run() async throws {
        let users = try PanelUsers.open(config: options.config)
        let password = try PasswordInput.read(prompt: "password of \(name)", isNew: true)
        let user = try await users.add(name, role, password: password)
        print("\(user.name): \(user.role.rawValue)")
    }
}

struct UserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the users.",
        discussion: "Example: howdah-panel user list")

    @OptionGroup var options: UserOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let users = try await PanelUsers.open(config: options.config).list()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return print(String(decoding: try encoder.encode(users), as: UTF8.self))
        }
        for user in users {
            print(
                "\(user.name)  \(user.role.rawValue)\(user.disabledAt == nil ? "" : "  disabled")")
        }
    }
}

struct UserSetRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-role", abstract: "Give a user another role.",
        discussion: "Example: howdah-panel user set-role ada viewer")

    @Argument(help: "Whose.")
    var name: String

    @Argument(help: "viewer, operator or admin.")
    var role: PersonRole

    @OptionGroup var options: UserOptions

    func run() async throws {
        _ = try await PanelUsers.open(config: options.config)
            .change(name, UserChange(role: role))
    }
}

struct UserDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Lock a user out: sessions end, tokens are gone.",
        discussion: "Example: howdah-panel user disable ada")

    @Argument(help: "Whom.")
    var name: String

    @OptionGroup var options: UserOptions

    func run() async throws {
        _ = try await PanelUsers.open(config: options.config)
            .change(name, UserChange(disabled: true))
    }
}

struct UserEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a user who was locked out in again.",
        discussion: "Example: howdah-panel user enable ada")

    @Argument(help: "Whom.")
    var name: String

    @OptionGroup var options: UserOptions

    func run() async throws {
        _ = try await PanelUsers.open(config: options.config)
            .change(name, UserChange(disabled: false))
    }
}

struct UserPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Give a user a new password, which ends their sessions.",
        discussion: "Example: howdah-panel user password ada")

    @Argument(help: "Whose.")
    var name: String

    @OptionGroup var options: UserOptions

    func run() async throws {
        let users = try PanelUsers.open(config: options.config)
        let password = try PasswordInput.read(prompt: "new password of \(name)", isNew: true)
        _ = try await users.change(name, UserChange(password: password))
    }
}
