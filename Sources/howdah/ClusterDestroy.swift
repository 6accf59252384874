internal import ArgumentParser
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// `howdah cluster destroy`: ends a cluster's instances and says what is left of it.
struct ClusterDestroy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy", abstract: "Have the panel end all of a cluster's instances.",
        discussion: """
            Ends what carries the cluster's tag, then asks EC2 what is left. Volumes stay, unless
            --delete-volumes is given too: then each is copied to a snapshot, and deleted once that
            is whole. It needs an admin, and can be run again. It ends with 0 if nothing is left,
            with 2 if volumes are.

            Example:
              howdah cluster destroy analytics --dry-run
              howdah cluster destroy analytics --confirm analytics
            """)

    @Argument(help: "The cluster.")
    var cluster: String

    @Option(help: "The cluster's name once more.")
    var confirm: String?

    @Flag(help: "Delete its volumes too, each after a snapshot.")
    var deleteVolumes = false

    @Flag(help: "Print what there is; end nothing.")
    var dryRun = false

    @Option(help: "Wait so many minutes for the end of it.")
    var wait = 15

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print what is left as JSON.")
    var json = false

    func validate() throws {
        guard dryRun || confirm == cluster else {
            throw ValidationError("name the cluster once more: --confirm \(cluster)")
        }
        guard (1...1440).contains(wait) else { throw ValidationError("--wait is 1 to 1440") }
    }

    func run() async throws {
        let (client, token) = try options.open()
        if dryRun {
            let remains = try await client.remains(of: cluster, operatorToken: token)
            if json { return try Terminal.printJSON(remains) }
            for line in RemainsText.lines(remains) { print(line) }
            return
        }
        let left = try await ClusterEnd(
            cluster: cluster, deletesVolumes: deleteVolumes, client: client, token: token
        ).run(within: .seconds(60 * wait))
        if json {
            try Terminal.printJSON(left)
        } else {
            for line in RemainsText.lines(left) { print(line) }
        }
        guard left.instances.isEmpty, left.launches.isEmpty else {
            throw ClusterPlanError(
                "not all of '\(cluster)' had ended after \(wait) minutes; run it again, and see "
                    + "'howdah cluster events'")
        }
        guard left.volumes.isEmpty else { throw ExitCode(2) }
    }
}

/// Orders each instance's end once, then each volume's, until EC2 has no more of them.
struct ClusterEnd {
    static let interval = Duration.seconds(2)

    let cluster: String
    let deletesVolumes: Bool
    let client: PanelClient
    let token: String

    /// What is left when nothing more can be done, or when the time is over.
    func run(within limit: Duration) async throws -> ClusterRemains {
        let deadline = ContinuousClock.now + limit
        var ordered: Set<String> = []
        while true {
            let remains = try await client.remains(of: cluster, operatorToken: token)
            for instance in remains.instances where !ordered.contains(instance.id) {
                ordered.insert(instance.id)
                guard instance.state != "shutting-down" else { continue }
                _ = try await client.terminate(
                    node: instance.node ?? instance.id,
                    TerminationOrder(confirm: instance.id, reason: "cluster destroy"),
                    in: cluster, operatorToken: token)
                ProgressLine.print("\(instance.node ?? instance.id): \(instance.id) is to end")
            }
            if deletesVolumes {
                for volume in remains.volumes
                where volume.state == "available" && !ordered.contains(volume.id) {
                    ordered.insert(volume.id)
                    _ = try await client.operate(
                        on: volume.id, VolumeOperationOrder(kind: .delete, confirm: volume.id),
                        in: cluster, operatorToken: token)
                    ProgressLine.print("\(volume.id) is copied to a snapshot, then deleted")
                }
            }
            let isOver = remains.instances.isEmpty && remains.launches.isEmpty
            if isOver, remains.volumes.isEmpty || !deletesVolumes { return remains }
            guard ContinuousClock.now < deadline else { return remains }
            try await Task.sleep(for: Self.interval)
        }
    }
}

enum RemainsText {
    static func lines(_ remains: ClusterRemains) -> [String] {
        let launches = remains.launches.map { "launch    \($0), not started yet" }
        let instances = remains.instances.map {
            "instance  \($0.id)  \($0.state)  \($0.node ?? "not enrolled")"
        }
        let volumes = remains.volumes.map { volume in
            let cost = volume.costPerMonth.map { ", \(ClusterPlan.amount($0)) a month" } ?? ""
            return "volume    \(volume.id)  \(volume.use.rawValue)  \(volume.sizeGiB) GiB "
                + "\(volume.type)\(cost)"
        }
        let all = launches + instances + volumes
        guard all.isEmpty else { return all }
        return ["EC2 has no instance and no volume with the tag of '\(remains.cluster)'"]
    }
}
