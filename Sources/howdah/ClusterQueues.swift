internal import ArgumentParser
internal import FoundationEssentials
internal import MetricFormats
internal import PanelAPI
internal import PanelClient

/// `howdah cluster queues`: what pools and queues ask for and get, for any collector.
struct ClusterQueuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queues",
        abstract:
            "Print what a cluster's pools, queues and name space say, a key and a value each.",
        discussion: """
            The panel reads it from the master's own pages, where panel.yaml names their ports. \
            A collector that runs scripts (Diamond's UserScriptsCollector, collectd's exec) takes \
            the keys and values as they are.

            Example:
              howdah cluster queues --graphite | nc -q1 graphite.example 2003
            """)

    @Argument(help: "The cluster; the panel's own where it is left out and there is one.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print Graphite's lines.")
    var graphite = false

    @Flag(help: "Print OpenTSDB's lines.")
    var opentsdb = false

    func validate() throws {
        guard [json, graphite, opentsdb].filter({ $0 }).count <= 1 else {
            throw ValidationError("one of --json, --graphite and --opentsdb")
        }
    }

    func run() async throws {
        let (client, token, name) = try await options.open(cluster)
        let queues = try await client.queues(name, operatorToken: token)
        if json { return try Terminal.printJSON(queues) }
        for figure in queues.figures { print(line(figure, of: queues.cluster), terminator: "") }
    }

    private func line(_ figure: ClusterQueues.Figure, of cluster: String) -> String {
        let name = "hadoop.\(graphite ? cluster + "." : "")\(figure.key)"
        let point = MetricPoint(
            name: name, tags: opentsdb ? ["cluster": cluster] : [:], value: figure.value,
            at: figure.at)
        if graphite { return GraphiteLine.text(point, at: figure.at) }
        if opentsdb { return OpenTSDB.text(point, at: figure.at) }
        return "\(figure.key) \(figure.value)\n"
    }
}
