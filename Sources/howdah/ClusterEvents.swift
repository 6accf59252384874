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
    @OptionGroup var output: WatchOptions

    func run() async throws {
        let (client, token) = try options.open()
        try await output.show {
            try await client.audit(
                limit: limit, before: before, subject: subject, operatorToken: token)
        } lines: {
            $0.map(Self.line)
        }
    }

    static func line(_ line: AuditLine) -> String {
        let time = Date(timeIntervalSince1970: line.at.rounded()).formatted(.iso8601)
        let words = [line.actor, line.action, line.subject, line.detail]
        return "\(line.id)  \(time)  " + words.joined(separator: "  ")
    }
}
