internal import ArgumentParser
internal import Cluster
internal import PanelAPI
internal import PanelClient

/// `howdah cluster balance`: have the master spread HDFS's data evenly.
struct ClusterBalance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance", abstract: "Spread HDFS's data evenly over its DataNodes.",
        discussion: """
            After a cluster has grown the new nodes are empty. The master runs HDFS's own balancer,
            one at a time, with a bandwidth that leaves the network to who works with the data.
            Interrupting this command does not stop it; 'howdah cluster cancel-balance' does, and
            what was moved stays moved.

            Example:
              howdah cluster balance --dry-run
              howdah cluster balance --bandwidth '50 MiB' --watch
            """)

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @Option(help: "How far a DataNode's use may be from the mean, in points of a percent.")
    var threshold = BalanceTerms.standardThreshold

    @Option(help: "What it may take of each DataNode's network, a second.")
    var bandwidth = ByteSize(bytes: BalanceTerms.standardBandwidth)

    @Option(help: "Hours after which it is stopped, 1 to 720.")
    var limitHours = BalanceTerms.standardLimitSeconds / 3600

    @Flag(help: "Only say what would be moved; do nothing.")
    var dryRun = false

    @Flag(help: "Print how it goes until it has ended.")
    var watch = false

    @Option(help: "Why, for the audit log.")
    var reason: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    private var terms: BalanceTerms {
        BalanceTerms(
            threshold: threshold, bandwidth: bandwidth.bytes, limitSeconds: limitHours * 3600)
    }

    func validate() throws {
        guard (1...720).contains(limitHours) else {
            throw ValidationError("'--limit-hours' is \(limitHours): it is 1 to 720")
        }
        if let problem = terms.problem { throw ValidationError(problem) }
        guard !(dryRun && watch) else {
            throw ValidationError("with --dry-run there is nothing to watch")
        }
    }

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        guard !dryRun else {
            let plan = try await client.balancePlan(terms, in: name, operatorToken: token)
            if json { try Terminal.printJSON(plan) } else { BalanceLines.print(plan) }
            if plan.obstacle != nil { throw ExitCode.failure }
            return
        }
        let balance = try await client.balance(
            BalanceOrder(terms: terms, reason: reason), in: name, operatorToken: token)
        let follower = ChangeFollower(client: client, token: token, cluster: name, quiet: json)
        let last = try await follower.follow(balance) { !watch || $0.isOver }
        if json { try Terminal.printJSON(last) }
        switch last.state {
        case .failed, .cancelled: throw ExitCode.failure
        // Done in part.
        case .settled: throw ExitCode(2)
        default: return
        }
    }
}

/// `howdah cluster cancel-balance`: stop the balancer.
struct ClusterCancelBalance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-balance",
        abstract: "Stop HDFS's balancer; what was moved stays moved.",
        discussion: "Example: howdah cluster cancel-balance --watch")

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @Flag(help: "Wait until it has stopped.")
    var watch = false

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        let balances = try await client.balances(in: name, operatorToken: token)
        guard let balance = balances.first(where: { !$0.state.isOver }) else {
            throw ValidationError("'\(name)' is not being balanced")
        }
        let cancelled = try await client.cancelBalance(
            balance.id, in: name, operatorToken: token)
        let follower = ChangeFollower(client: client, token: token, cluster: name, quiet: json)
        let last = try await follower.follow(cancelled) { !watch || $0.isOver }
        if json { try Terminal.printJSON(last) }
    }
}

/// `howdah cluster balances`: what was balanced, and how far it has come.
struct ClusterBalances: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balances", abstract: "List the runs of HDFS's balancer.",
        discussion: "Example: howdah cluster balances")

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    @OptionGroup var look: WatchOptions

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        try await look.show {
            try await client.balances(in: name, operatorToken: token)
        } lines: { balances in
            balances.map { ClusterTable.printable("\($0.id)  \($0.line)") }
        }
    }
}

enum BalanceLines {
    static func print(_ plan: BalancePlan) {
        var lines = [plan.sentence]
        if plan.obstacle == nil, plan.bytesToMove > 0 {
            let minutes = Int((plan.leastSeconds / 60).rounded(.up))
            lines.append("with this bandwidth it takes at least \(minutes) min")
        }
        lines += plan.nodes.map { one in
            let sign = one.excessBytes > 0 ? "gives" : "takes"
            let part =
                one.excessBytes == 0 ? "" : "  \(sign) \(mebibytes(abs(one.excessBytes))) MiB"
            return "  \(one.node)  \(tenths(one.usedPercent)) % of "
                + "\(mebibytes(one.capacityBytes)) MiB\(part)"
        }
        ChangeFollower.print(lines)
    }

    private static func mebibytes(_ bytes: Int64) -> Int64 { bytes >> 20 }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
