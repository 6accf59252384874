internal import ArgumentParser
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// `howdah cluster scale`: have the panel start instances.
struct ClusterScale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Have the panel start instances of a role.",
        discussion: """
            How they are made stands under 'launch' in panel.yaml, and 'maximum-nodes' is not
            exceeded. While a node is being drained that could be taken back, nothing is started:
            'howdah cluster cancel-drain' comes first. What became of them: 'howdah cluster
            launches'.

            Example:
              howdah cluster scale --role slave --add 3
            """)

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @Option(help: "The role of the new instances.")
    var role = "slave"

    @Option(help: "How many to start.")
    var add: Int

    @Option(help: "on-demand or spot; as panel.yaml says where it is left out.")
    var market: String?

    @Option(help: "Why, for the audit log.")
    var reason: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard market == nil || market.flatMap(LaunchOrder.Market.init) != nil else {
            throw ValidationError("--market is on-demand or spot")
        }
    }

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        let launches = try await client.launch(
            LaunchOrder(
                role: role, count: add, market: market.flatMap(LaunchOrder.Market.init),
                reason: reason), in: name, operatorToken: token)
        if json { return try Terminal.printJSON(launches) }
        for launch in launches { print(LaunchLine.text(launch)) }
    }
}

/// `howdah cluster launches`: what became of instances that the panel started.
struct ClusterLaunches: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launches", abstract: "List the instances that the panel started.",
        discussion: "Example: howdah cluster launches")

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions
    @OptionGroup var output: WatchOptions

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        try await output.show {
            try await client.launches(in: name, operatorToken: token)
        } lines: {
            $0.map(LaunchLine.text)
        }
    }
}

/// `howdah cluster terminate`: have the panel end a node's instance.
struct ClusterTerminate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate", abstract: "Have the panel end a node's instance for good.",
        discussion: """
            What the node had on its own disks is gone then; its EBS volumes stay, as orphans
            ('howdah cluster volumes'). It needs an admin, and the instance's id, which
            'howdah cluster show' has: a name may be another instance's by now.

            Example:
              howdah cluster terminate slave-3 --confirm i-0123456789abcdef0
            """)

    @Argument(help: "The node's name, or the id of a launch that never enrolled.")
    var node: String

    @Option(help: "The id of its instance.")
    var confirm: String

    @Option(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @Option(help: "Why, for the audit log.")
    var reason: String?

    @OptionGroup var options: PanelOptions

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        let termination = try await client.terminate(
            node: node, TerminationOrder(confirm: confirm, reason: reason), in: name,
            operatorToken: token)
        print("\(termination.node): \(termination.instanceID) is to end")
    }
}

enum LaunchLine {
    static func text(_ launch: Launch) -> String {
        let parts = [
            launch.id, launch.state.rawValue, launch.role, launch.market.rawValue,
            launch.instanceID ?? "no instance yet", launch.problem,
        ]
        return parts.compactMap(\.self).joined(separator: "  ")
    }
}
