internal import ArgumentParser
internal import Cluster
internal import FoundationEssentials
internal import Host
internal import PanelAPI
internal import PanelClient

/// `howdah cluster create`: a master and its slaves, by the panel.
struct ClusterCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Have the panel start a cluster's master and slaves.",
        discussion: """
            How instances are made stands under 'launch' in panel.yaml. What is there already, or
            on its way, is not started again: after an interruption the same command goes on.

            Example:
              howdah cluster create --slaves 3 --file cluster.yaml --dry-run
            """)

    static let masterRole = "master"

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @Option(help: "How many slaves.")
    var slaves = 1

    @Option(help: "The role of the slaves.")
    var role = "slave"

    @Option(help: "The image's cluster file, whose volumes are counted.")
    var file: String?

    @Flag(help: "Print what would be started and what a month of it costs; start nothing.")
    var dryRun = false

    @Option(help: "Wait so many minutes for the nodes to be up.")
    var wait = 0

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard slaves >= 0, (0...1440).contains(wait), role != Self.masterRole else {
            throw ValidationError("--slaves is not negative, --wait at most 1440, one master")
        }
    }

    func run() async throws {
        let storage = try file.map {
            try ClusterFile.parse(try Files().read($0), file: $0).storage
        }
        let (client, token, name) = try await options.open(cluster)
        let plan = try ClusterPlan(
            try await client.means(of: name, operatorToken: token),
            counts: [(Self.masterRole, 1), (role, slaves)], storage: storage ?? [])
        if dryRun {
            if json { return try Terminal.printJSON(plan) }
            for line in plan.lines { print(line) }
            return
        }
        let present = RolesPresent(
            view: try await client.clusterView(name, operatorToken: token),
            launches: try await client.launches(in: name, operatorToken: token))
        var started: [Launch] = []
        for instances in plan.instances {
            let missing = instances.count - present.count(of: instances.role)
            guard missing > 0 else { continue }
            started += try await client.launch(
                LaunchOrder(role: instances.role, count: missing, reason: "cluster create"),
                in: name, operatorToken: token)
        }
        if json {
            try Terminal.printJSON(started)
        } else {
            if started.isEmpty { print("\(name): all of it is there or on its way") }
            for launch in started { print(LaunchLine.text(launch)) }
        }
        guard wait > 0 else { return }
        try await waitUntilUp(1 + slaves, client, token, name)
    }

    private func waitUntilUp(
        _ count: Int, _ client: PanelClient, _ token: String, _ name: String
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60 * wait)
        var verdict = ""
        while true {
            let view = try await client.clusterView(name, operatorToken: token)
            if view.verdict != verdict {
                verdict = view.verdict
                ProgressLine.print("\(name): \(verdict)")
            }
            if view.nodes.filter({ $0.state == .up }).count >= count { return }
            guard ContinuousClock.now < deadline else {
                throw ClusterPlanError(
                    "\(count) nodes were not up in \(wait) minutes: \(verdict); see "
                        + "'howdah cluster launches' and 'howdah cluster show'")
            }
            try await Task.sleep(for: .seconds(2))
        }
    }
}

/// What a cluster has of each role, or has ordered.
struct RolesPresent: Equatable {
    private var counts: [String: Int] = [:]

    init(view: ClusterView, launches: [Launch]) {
        let nodes = view.nodes.filter { $0.state != .gone }
        for node in nodes { counts[node.role, default: 0] += 1 }
        let enrolled = Set(nodes.map(\.instanceID))
        for launch in launches where launch.state == .requested || launch.state == .launched {
            guard let id = launch.instanceID, enrolled.contains(id) else {
                counts[launch.role, default: 0] += 1
                continue
            }
        }
    }

    func count(of role: String) -> Int { counts[role] ?? 0 }
}
