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
        commandName: "cluster",
        abstract: "Look at a cluster through its Control Panel, and say who may.",
        subcommands: [
            ClusterShow.self, ClusterEvents.self, ClusterExplain.self, ClusterScale.self,
            ClusterLaunches.self, ClusterTerminate.self, ClusterVolumes.self, ClusterToken.self,
            ClusterTokens.self, ClusterUsers.self,
            ClusterQueuesCommand.self,
        ])
}

/// Where the panel is and what opens it.
struct PanelOptions: ParsableArguments {
    static let defaultURL = "http://127.0.0.1:8080"
    static let defaultTokenFile = "/etc/howdah-panel/operator-token"

    @Option(help: "The panel's address [HOWDAH_PANEL, else \(defaultURL)].")
    var panel: String?

    @Option(
        help: "A file with your token [HOWDAH_TOKEN_FILE, else \(defaultTokenFile)].")
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "The digest of the panel's public key, which it must show [HOWDAH_PANEL_KEY].",
            discussion: "'howdah-panel check' prints it; nothing else of its certificate is asked.",
            valueName: "sha256//…"))
    var panelKey: String?

    func open(
        _ environment: [String: String]
    ) throws -> (client: PanelClient, token: String) {
        let url = panel ?? environment["HOWDAH_PANEL"] ?? Self.defaultURL
        let path = tokenFile ?? environment["HOWDAH_TOKEN_FILE"] ?? Self.defaultTokenFile
        let token = try Files().text(path).filter { !$0.isWhitespace }
        var configuration = TransferClient.Configuration(environment: environment)
        if let pin = panelKey ?? environment["HOWDAH_PANEL_KEY"], !pin.isEmpty {
            guard url.hasPrefix("https://"), pin.hasPrefix("sha256//"), !pin.contains(";") else {
                throw ValidationError(
                    "a panel's key is 'sha256//' and base64, and for a panel with https://")
            }
            configuration.pinnedKeys = [pin]
        }
        let transfer = TransferClient(configuration)
        let patience = RetryPolicy(attempts: 3, statuses: [429, 503])
        return (
            PanelClient(url: url, transport: LibcurlTransport(transfer, retry: patience)), token
        )
    }
}

extension PanelClient {
    /// The cluster that is named, or the panel's only one.
    func cluster(orOnly name: String?, _ token: String) async throws -> String {
        if let name { return name }
        let names = try await clusters(operatorToken: token).map(\.cluster)
        guard let only = names.first, names.count == 1 else {
            throw ValidationError(
                "the panel has several clusters; name one of \(names.joined(separator: ", "))")
        }
        return only
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

    @Argument(help: "The cluster; the panel's only one where it is left out.")
    var cluster: String?

    @OptionGroup var options: PanelOptions

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print again every two seconds until interrupted.")
    var watch = false

    func run() async throws {
        let (client, token) = try options.open(ProcessInfo.processInfo.environment)
        let name = try await client.cluster(orOnly: cluster, token)
        repeat {
            let view = try await client.clusterView(name, operatorToken: token)
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
