internal import ArgumentParser
internal import Logging
internal import Panel

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether the settings, the database and EC2 are usable, without serving.",
        discussion: """
            Example:
              howdah-panel check --config /etc/howdah-panel/panel.yaml
            """)

    @Option(help: "The panel's settings.")
    var config = "/etc/howdah-panel/panel.yaml"

    func run() async throws {
        let live = try await LivePanel.open(
            config: config,
            logger: Logger(label: "howdah-panel") { _ in
                SwiftLogNoOpLogHandler()
            })
        for line in try await live.check() { print(line) }
    }
}
