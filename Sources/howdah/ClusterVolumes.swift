internal import ArgumentParser
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// `howdah cluster volumes`: a cluster's EBS volumes.
struct ClusterVolumes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "volumes", abstract: "A cluster's volumes: which node has them, what is left.",
        subcommands: [
            ClusterVolumesList.self, ClusterVolumesOperate.self, ClusterVolumesOffer.self,
            ClusterVolumesLog.self,
        ], defaultSubcommand: ClusterVolumesList.self)
}

struct ClusterVolumesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List every volume with the cluster's tag.",
        discussion: """
            An orphan belongs to no node that still is. Example:
              howdah cluster volumes
            """)

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions
    @OptionGroup var output: WatchOptions

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        try await output.show {
            try await client.volumes(in: name, operatorToken: token)
        } lines: {
            VolumeTable.lines($0)
        }
    }
}

struct ClusterVolumesOperate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "do", abstract: "Detach, snapshot or delete a volume.",
        discussion: """
            'detach' takes it off an instance that does not run. 'delete' needs an admin and the
            volume's id once more; it makes a snapshot first and waits until that is whole.

            Example:
              howdah cluster volumes do delete vol-0123456789abcdef0 \\
                --confirm vol-0123456789abcdef0
            """)

    @Argument(help: "detach, snapshot or delete.")
    var kind: String

    @Argument(help: "The volume's id.")
    var volume: String

    @Option(help: "For delete: the volume's id once more.")
    var confirm: String?

    @Option(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    func validate() throws {
        guard VolumeOperationOrder.Kind(rawValue: kind) != nil else {
            throw ValidationError("'\(kind)' is none of detach, snapshot and delete")
        }
    }

    func run() async throws {
        guard let kind = VolumeOperationOrder.Kind(rawValue: kind) else { return }
        let (client, token, name) = try await options.open(cluster)
        let operation = try await client.operate(
            on: volume, VolumeOperationOrder(kind: kind, confirm: confirm), in: name,
            operatorToken: token)
        print(VolumeTable.line(operation))
    }
}

struct ClusterVolumesOffer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offer", abstract: "Give an orphan to the next node that fits, data and all.",
        discussion: """
            Example:
              howdah cluster volumes offer vol-0123456789abcdef0 --role slave --mount /data
            """)

    @Argument(help: "The volume's id.")
    var volume: String

    @Option(help: "The role of the node that is to get it.")
    var role = "slave"

    @Option(help: "The mount that it is for.")
    var mount: String?

    @Flag(help: "Take the offer back.")
    var withdraw = false

    @Option(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    func validate() throws {
        guard withdraw != (mount != nil) else {
            throw ValidationError("give --mount to offer it, or --withdraw to take that back")
        }
    }

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        guard let mount else {
            return try await client.withdraw(volume: volume, in: name, operatorToken: token)
        }
        try await client.offer(
            volume: volume, VolumeOffer(role: role, mount: mount), in: name, operatorToken: token)
    }
}

struct ClusterVolumesLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "What was done with volumes, and how far it has come.",
        discussion: "Example: howdah cluster volumes log")

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        let operations = try await client.volumeOperations(in: name, operatorToken: token)
        if json { return try Terminal.printJSON(operations) }
        for operation in operations { print(VolumeTable.line(operation)) }
    }
}

/// Volumes as people read them.
enum VolumeTable {
    static func lines(_ volumes: [VolumeView]) -> [String] {
        let lines = volumes.map { volume in
            let place = [volume.node, volume.mount].compactMap(\.self).joined(separator: " ")
            let cost = volume.costPerMonth.map { "\(cents($0)) a month" }
            let parts = [
                volume.id, volume.use.rawValue, volume.state,
                "\(volume.sizeGiB) GiB \(volume.type)", volume.zone,
                place.isEmpty ? "no node" : place, cost,
            ]
            return parts.compactMap(\.self).joined(separator: "  ")
        }
        let orphans = volumes.filter { $0.use == .orphan }
        guard !orphans.isEmpty else { return lines }
        let cost = orphans.compactMap(\.costPerMonth).reduce(0, +)
        return lines + ["\(orphans.count) orphans" + (cost > 0 ? ", \(cents(cost)) a month" : "")]
    }

    static func line(_ operation: VolumeOperation) -> String {
        let parts = [
            operation.volumeID, operation.kind.rawValue, operation.state.rawValue,
            operation.snapshotID, "by \(operation.requestedBy)", operation.problem,
        ]
        return parts.compactMap(\.self).joined(separator: "  ")
    }

    private static func cents(_ amount: Double) -> String {
        let whole = Int((amount * 100).rounded())
        return "\(whole / 100).\(whole % 100 < 10 ? "0" : "")\(whole % 100)"
    }
}
