internal import ArgumentParser
internal import PanelAPI
internal import PanelClient

/// `howdah cluster`: what operators ask of a Control Panel.
struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Look at a cluster through its Control Panel, and say who may.",
        subcommands: [
            ClusterCreate.self, ClusterDestroy.self, ClusterShow.self, ClusterNodes.self,
            ClusterNode.self, ClusterEvents.self, ClusterExplain.self, ClusterScale.self,
            ClusterLaunches.self, ClusterTerminate.self, ClusterDrain.self,
            ClusterCancelDrain.self, ClusterDrains.self, ClusterBalance.self,
            ClusterCancelBalance.self, ClusterBalances.self, ClusterVolumes.self, ClusterToken.self,
            ClusterTokens.self, ClusterUsers.self,
            ClusterQueuesCommand.self,
        ])
}

/// `howdah cluster show`, and `nodes`: the verdict and a line for each node.
struct ClusterShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "List the nodes of a cluster and how they stand.",
        discussion: """
            Example:
              howdah cluster show --panel http://127.0.0.1:8080 --token-file operator-token
            """)

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions
    @OptionGroup var output: WatchOptions

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        try await output.show {
            try await client.clusterView(name, operatorToken: token)
        } lines: {
            ClusterTable.lines($0)
        }
    }
}
