internal import ArgumentParser
internal import PanelAPI
internal import PanelClient

/// `howdah cluster drain`: have the panel empty a node and then end its instance.
struct ClusterDrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Empty a node of its HDFS data, then end its instance.",
        discussion: """
            The panel checks first whether HDFS can do without the node, and says why not. Its data
            is copied to the others, files that are being written on it are waited for, and only
            then is its instance ended; its EBS volumes stay, as orphans. It needs the instance's
            id, which 'howdah cluster show' has: a name may be another instance's by now.
            'howdah cluster cancel-drain' takes the node back as long as it has not been ended.

            Example:
              howdah cluster drain slave-3 --dry-run
              howdah cluster drain slave-3 --confirm i-0123456789abcdef0 --watch
            """)

    @Argument(help: "The node's name.")
    var node: String

    @Option(help: "The id of its instance.")
    var confirm: String?

    @Flag(help: "Only say whether it may go, and which nodes would be cheaper; do nothing.")
    var dryRun = false

    @Flag(help: "Print each step until it is gone; interrupting that changes nothing.")
    var watch = false

    @Option(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @Option(help: "Why, for the audit log.")
    var reason: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard dryRun != (confirm != nil) else {
            throw ValidationError(
                "give --confirm with the id of the instance of '\(node)', or --dry-run")
        }
        guard !(dryRun && watch) else {
            throw ValidationError("with --dry-run there is nothing to watch")
        }
    }

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        guard let confirm else {
            let plan = try await client.drainPlan(of: node, in: name, operatorToken: token)
            if json {
                try Terminal.printJSON(plan)
            } else {
                ChangeFollower.print(DrainLines.of(plan))
            }
            if !plan.mayGo { throw ExitCode.failure }
            return
        }
        let drain = try await client.drain(
            DrainOrder(node: node, confirm: confirm, reason: reason), in: name,
            operatorToken: token)
        let follower = ChangeFollower(client: client, token: token, cluster: name, quiet: json)
        let last = try await follower.follow(drain) { watch ? $0.isOver : $0.state != .checking }
        if json { try Terminal.printJSON(last) }
        if last.state == .refused, !json, let plan = last.plan {
            ChangeFollower.print(DrainLines.of(plan))
        }
        if last.state == .refused || last.state == .cancelled { throw ExitCode.failure }
    }
}

/// `howdah cluster cancel-drain`: take a node back.
struct ClusterCancelDrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-drain", abstract: "Take a node back that is being emptied.",
        discussion: """
            That goes as long as EC2 was not asked to end it. Nothing of what HDFS has copied is
            lost by it. Example:
              howdah cluster cancel-drain slave-3 --watch
            """)

    @Argument(help: "The node's name.")
    var node: String

    @Flag(help: "Wait until the NameNode has it in service again.")
    var watch = false

    @Option(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        let drains = try await client.drains(in: name, operatorToken: token)
        guard let drain = drains.first(where: { $0.node == node && !$0.state.isOver }) else {
            throw ValidationError("'\(node)' is not being drained")
        }
        let cancelled = try await client.cancelDrain(drain.id, in: name, operatorToken: token)
        let follower = ChangeFollower(client: client, token: token, cluster: name, quiet: json)
        let last = try await follower.follow(cancelled) { !watch || $0.isOver }
        if json { try Terminal.printJSON(last) }
    }
}

/// `howdah cluster drains`: what was drained, and how far it has come.
struct ClusterDrains: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drains", abstract: "List the nodes that are emptied and ended, and were.",
        discussion: "Example: howdah cluster drains")

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    @OptionGroup var look: WatchOptions

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        try await look.show {
            try await client.drains(in: name, operatorToken: token)
        } lines: { drains in
            drains.map { ClusterTable.printable("\($0.id)  \($0.line)") }
        }
    }
}

enum DrainLines {
    static func of(_ plan: DrainPlan) -> [String] {
        let guards = plan.guards.map { "  \($0.isOpen ? "✓" : "✗") \($0.name): \($0.words)" }
        let ranking = plan.ranking.map { one in
            let used = one.usedBytes.map { "\($0) bytes" } ?? "unknown"
            let blocks = one.blocks.map { ", \($0) blocks" } ?? ""
            let containers = one.containers.map { ", \($0) container\($0 == 1 ? "" : "s")" } ?? ""
            let obstacle = one.obstacle.map { "; \($0)" } ?? ""
            return "  \(one.node)  \(one.instanceID)  \(used)\(blocks)\(containers)\(obstacle)"
        }
        return [plan.sentence] + guards + ["nodes, the cheapest to drain first:"] + ranking
    }
}
