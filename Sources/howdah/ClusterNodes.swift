internal import ArgumentParser
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// `howdah cluster nodes`: the names of nodes, for scripts.
struct ClusterNodes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "List nodes: name, instance, address, state.",
        discussion: """
            A line for each, with tabs between. Example:
              howdah cluster nodes --state up --role slave | cut -f3
            """)

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @Option(help: "Only those in this state.")
    var state: String?

    @Option(help: "Only those of this role.")
    var role: String?

    @OptionGroup var options: PanelOptions
    @OptionGroup var output: WatchOptions

    func validate() throws {
        guard state == nil || state.flatMap(NodeView.State.init) != nil else {
            let states = NodeView.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--state is one of \(states)")
        }
    }

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        try await output.show {
            try await client.clusterView(name, operatorToken: token).nodes.filter {
                (state == nil || $0.state.rawValue == state) && (role == nil || $0.role == role)
            }
        } lines: { nodes in
            nodes.map {
                [$0.name, $0.instanceID, $0.address, $0.role, $0.state.rawValue]
                    .joined(separator: "\t")
            }
        }
    }
}

/// `howdah cluster node`: one node, its boot step by step, its volumes and what happened to it.
struct ClusterNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Show a node: its boot's steps, volumes and events.",
        discussion: """
            Example:
              howdah cluster node slave-3
            """)

    /// Of the node and its events.
    struct Result: Encodable {
        var node: NodeView
        var events: [AuditLine]
    }

    static let maximumEvents = 20

    @Argument(help: "The node's name or its instance's id.")
    var node: String

    @Option(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions
    @OptionGroup var output: WatchOptions

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        try await output.show {
            let nodes = try await client.clusterView(name, operatorToken: token).nodes
            guard let found = nodes.last(where: { $0.name == node || $0.instanceID == node })
            else { throw ClusterPlanError("'\(name)' has no node '\(node)'") }
            let byName = try await client.audit(
                limit: Self.maximumEvents, subject: found.name, operatorToken: token)
            let byInstance = try await client.audit(
                limit: Self.maximumEvents, subject: found.instanceID, operatorToken: token)
            let events = (byName + byInstance).sorted { $0.id > $1.id }
            return Result(node: found, events: Array(events.prefix(Self.maximumEvents)))
        } lines: {
            Self.lines($0)
        }
    }

    private static func lines(_ result: Result) -> [String] {
        let node = result.node
        let table = ClusterTable.lines(
            ClusterView(cluster: node.name, verdict: node.state.rawValue, nodes: [node]))
        let steps = (node.lastBoot?.steps ?? []).map { step in
            "  \(step.outcome.rawValue)  \(step.name)  \((step.seconds * 10).rounded() / 10) s"
                + (step.detail.isEmpty ? "" : "  \(step.detail)")
        }
        let volumes = node.volumes.map {
            "  \($0.volumeID ?? "no volume yet")  \($0.mount)  \($0.state.rawValue)"
                + ($0.error.map { "  \($0)" } ?? "")
        }
        func section(_ title: String, _ lines: [String]) -> [String] {
            lines.isEmpty ? [] : ["", title] + lines
        }
        return table
            + section("last boot", steps) + section("volumes", volumes)
            + section("events", result.events.map { "  " + ClusterEvents.line($0) })
    }
}
