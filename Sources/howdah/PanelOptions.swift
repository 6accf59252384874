internal import ArgumentParser
internal import FoundationEssentials
internal import Host
internal import PanelAPI
internal import PanelClient
internal import Transfer

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

    /// The panel, your token, and the cluster that is named, or the panel's only one.
    func open(
        _ cluster: String?
    ) async throws -> (client: PanelClient, token: String, cluster: String) {
        let (client, token) = try open()
        return (client, token, try await client.cluster(orOnly: cluster, token))
    }

    func open() throws -> (client: PanelClient, token: String) {
        let environment = ProcessInfo.processInfo.environment
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
