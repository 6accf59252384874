internal import ArgumentParser
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// `howdah cluster events`: the audit log.
struct ClusterEvents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "What happened, who did it and when: the audit log.",
        discussion: """
            The newest come first. Example:
              howdah cluster events --subject slave-3 --limit 20
            """)

    @Option(help: "Only what concerns this node, volume, launch or token.")
    var subject: String?

    @Option(help: "How many lines, 1000 at most.")
    var limit = 100

    @Option(help: "Only lines older than the one with this number.")
    var before: Int64?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let (client, token) = try options.open(ProcessInfo.processInfo.environment)
        let lines = try await client.audit(
            limit: limit, before: before, subject: subject, operatorToken: token)
        if json { return try TokenTable.print(lines) }
        for line in lines {
            let time = Date(timeIntervalSince1970: line.at.rounded()).formatted(.iso8601)
            let words = [line.actor, line.action, line.subject, line.detail]
            print("\(line.id)  \(time)  " + words.joined(separator: "  "))
        }
    }
}
