internal import ArgumentParser
internal import Cluster
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// `howdah cluster token`: one-time tokens for nodes of clouds without STS.
struct ClusterToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract:
            "One-time tokens that let nodes in where there is no STS ('tokens' has people's).",
        subcommands: [ClusterTokenCreate.self, ClusterTokenList.self, ClusterTokenRemove.self])
}

struct ClusterTokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token that lets one node in, once.",
        discussion: """
            The token is printed this once; the panel keeps its hash alone. Put it into the node's
            user-data as 'enrolment_token'.

            Example:
              howdah cluster token create --role slave --address 10.0.0.7 --expires '2 h'
            """)

    @Option(help: "What the node will be: a role of panel.yaml.")
    var role: String

    @Option(help: "The cluster it will belong to; the panel's only one, where it is left out.")
    var cluster: String?

    @Option(help: "The instance that may use it; any, where it is left out.")
    var instance: String?

    @Option(help: "The address of the node that may use it; any, where it is left out.")
    var address: String?

    @Option(help: "How long it is good for, such as '30 min' or '2 h'; at most 720 h.")
    var expires = "24 h"

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        guard let life = Duration(quantity: expires) else {
            throw ValidationError("'\(expires)' is no time with its unit, such as '2 h'")
        }
        let (client, token) = try options.open()
        let made = try await client.makeEnrolmentToken(
            EnrolmentTokenOrder(
                cluster: cluster, role: role, instanceID: instance, address: address,
                lifeSeconds: Int(life.components.seconds)), operatorToken: token)
        if json { return try Terminal.printJSON(made) }
        print(made.token)
    }
}

struct ClusterTokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens, used ones too, without their secrets.",
        discussion: "Example: howdah cluster token list")

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (client, token) = try options.open()
        let tokens = try await client.enrolmentTokens(operatorToken: token)
        if json { return try Terminal.printJSON(tokens) }
        for line in TokenTable.lines(tokens) { print(line) }
    }
}

struct ClusterTokenRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take back a token that was not used.",
        discussion: "Example: howdah cluster token remove 1f0c9a22")

    @Argument(help: "The token's id, as 'list' has it.")
    var id: String

    @OptionGroup var options: PanelOptions

    func run() async throws {
        let (client, token) = try options.open()
        try await client.removeEnrolmentToken(id, operatorToken: token)
    }
}

/// Tokens as people and programs read them.
enum TokenTable {
    static func lines(_ tokens: [EnrolmentToken]) -> [String] {
        tokens.map { token in
            let place = [token.instanceID, token.address].compactMap(\.self)
            let bound = place.isEmpty ? "any node" : place.joined(separator: " ")
            let end =
                if let user = token.usedBy { "used by \(user) at \(time(token.usedAt ?? 0))" } else
                {
                    "good until \(time(token.expiresAt))"
                }
            return "\(token.id)  \(token.cluster)  \(token.role)  \(bound)  \(end)"
        }
    }

    private static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds.rounded()).formatted(.iso8601)
    }
}
