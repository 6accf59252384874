internal import ArgumentParser
internal import FoundationEssentials
internal import PanelAPI
internal import PanelClient

/// `howdah cluster explain`: why a cluster grew, or did not.
struct ClusterExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why the cluster grew, or did not, at some time.",
        discussion: """
            Example:
              howdah cluster explain --at 2026-11-22T03:10:00Z
            """)

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @Option(help: "The last decision until then, such as 2026-11-22T03:10:00Z; left out: now.")
    var at: String?

    @Option(help: "How many decisions, 1000 at most; the newest first.")
    var last = 1

    @OptionGroup var options: PanelOptions
    @OptionGroup var output: WatchOptions

    func run() async throws {
        let time = try at.map { text in
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw ValidationError("'\(text)' is no time such as 2026-11-22T03:10:00Z")
            }
            return date.timeIntervalSince1970
        }
        let (client, token, name) = try await options.open(cluster)
        try await output.show {
            try await client.decisions(in: name, at: time, limit: last, operatorToken: token)
        } lines: { decisions in
            guard decisions.isEmpty else { return decisions.flatMap(Self.lines) }
            return [
                "no decision is known: is 'autoscaling' on, or set to advise, for '\(name)'?"
            ]
        }
    }

    private static func lines(_ decision: DecisionView) -> [String] {
        let time = Date(timeIntervalSince1970: decision.at.rounded()).formatted(.iso8601)
        let advised = decision.mode == "advise" ? " (advice alone)" : ""
        let left = decision.leftOut.sorted { $0.key < $1.key }.map { "  without \($0): \($1)" }
        return ["\(time)  \(decision.sentence)\(advised)"] + left
    }
}
