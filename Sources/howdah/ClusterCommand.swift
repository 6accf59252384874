internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Host
internal import PanelAPI
internal import PanelClient
internal import Transfer

/// `howdah cluster`: what operators ask of a Control Panel.
struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster", abstract: "Look at a cluster through its Control Panel.",
        subcommands: [ClusterShow.self])
}

/// Where the panel is and what opens it.
struct PanelOptions: ParsableArguments {
    static let defaultURL = "http://127.0.0.1:8080"
    static let defaultTokenFile = "/etc/howdah-panel/operator-token"

    @Option(help: "The panel's address [HOWDAH_PANEL, else \(defaultURL)].")
    var panel: String?

    @Option(
        help: "A file with the operator's token [HOWDAH_TOKEN_FILE, else \(defaultTokenFile)].")
    var tokenFile: String?

    func open(
        _ environment: [String: String]
    ) throws -> (client: PanelClient, token: String) {
        let url = panel ?? environment["HOWDAH_PANEL"] ?? Self.defaultURL
        let path = tokenFile ?? environment["HOWDAH_TOKEN_FILE"] ?? Self.defaultTokenFile
        let token = try Files().text(path).filter { !$0.isWhitespace }
        let transfer = TransferClient(.init(environment: environment))
        let patience = RetryPolicy(attempts: 3, statuses: [429, 503])
        return (
            PanelClient(url: url, transport: LibcurlTransport(transfer, retry: patience)), token
        )
    }
}

struct ClusterShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "List the nodes of a cluster and how they stand.",
        discussion: """
            Example:
              howdah cluster show --panel http://127.0.0.1:8080 --token-file operator-token
            """)

    /// Between two looks of `--watch`.
    static let watchInterval = Duration.seconds(2)

    @Argument(help: "The cluster; the panel's own where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print again every two seconds until interrupted.")
    var watch = false

    func run() async throws {
        let (client, token) = try options.open(ProcessInfo.processInfo.environment)
        repeat {
            let view = try await client.clusterView(cluster, operatorToken: token)
            try show(view)
            if watch { try await Task.sleep(for: Self.watchInterval) }
        } while watch
    }

    private func show(_ view: ClusterView) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(view), as: UTF8.self))
            return
        }
        // Home and clear: a watcher sees one table, a file or a pipe all of them.
        if watch, isatty(STDOUT_FILENO) == 1 { print("\u{1B}[H\u{1B}[2J", terminator: "") }
        for line in ClusterTable.lines(view) { print(line) }
        fflush(nil)
    }
}
