internal import ArgumentParser
internal import Cluster
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// `howdah cluster tokens`: by which programs speak to the panel for a user.
struct ClusterTokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Tokens by which people's programs talk to the panel ('token' has nodes').",
        subcommands: [ClusterTokensCreate.self, ClusterTokensList.self, ClusterTokensRemove.self])
}

struct ClusterTokensCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token that speaks for a user.",
        discussion: """
            The token is printed this once; the panel keeps its hash alone. Put it into a file and
            name that with --token-file or HOWDAH_TOKEN_FILE.

            Example:
              howdah cluster tokens create --user ada --role viewer --expires '720 h' --note grafana
            """)

    @Option(help: "Whose; the caller's own where it is left out.")
    var user: String?

    @Option(help: "No higher than the user's, which it is where this is left out.")
    var role: PersonRole?

    @Option(help: "How long it is good for, such as '12 h'; at most 8784 h.")
    var expires = "720 h"

    @Option(help: "What it is for.")
    var note: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        guard let life = Duration(quantity: expires) else {
            throw ValidationError("'\(expires)' is no time with its unit, such as '2 h'")
        }
        let (client, token) = try options.open()
        let made = try await client.makeAPIToken(
            APITokenOrder(
                user: user, role: role, note: note, lifeSeconds: Int(life.components.seconds)),
            operatorToken: token)
        if json { return try Terminal.printJSON(made) }
        print(made.token)
    }
}

struct ClusterTokensList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tokens without their secrets.",
        discussion: "Example: howdah cluster tokens list --user ada")

    @Option(help: "Whose; one's own, and for an admin everybody's, where it is left out.")
    var user: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (client, token) = try options.open()
        let tokens = try await client.apiTokens(of: user, operatorToken: token)
        if json { return try Terminal.printJSON(tokens) }
        for token in tokens {
            let end = Date(timeIntervalSince1970: token.expiresAt.rounded()).formatted(.iso8601)
            let note = token.note.map { "  \($0)" } ?? ""
            print("\(token.id)  \(token.user)  \(token.role.rawValue)  good until \(end)\(note)")
        }
    }
}

struct ClusterTokensRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a token back.",
        discussion: "Example: howdah cluster tokens remove 1f0c9a221f0c")

    @Argument(help: "The token's id, as 'list' has it.")
    var id: String

    @OptionGroup var options: PanelOptions

    func run() async throws {
        let (client, token) = try options.open()
        try await client.removeAPIToken(id, operatorToken: token)
    }
}
