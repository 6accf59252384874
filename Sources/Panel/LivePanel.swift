internal import AWS
internal import Foundation
internal import Host
public import Logging
internal import Transfer

/// The panel in the real world: files, EC2, STS, the machine's clock.
public struct LivePanel: Sendable {
    /// Shorter ones can be guessed.
    static let minimumTokenLength = 16

    private let panel: Panel
    private let cloud: LiveCloud
    private let settings: PanelSettings

    /// Reads the settings and what they name, opens the database, and makes the clients of EC2 and
    /// STS. Nothing is asked of them yet.
    public static func open(config path: String, logger: Logger) async throws -> LivePanel {
        let settings = try PanelSettings.load(path)
        let token = try operatorToken(settings.operatorTokenFile)
        let surroundings = CloudSurroundings(region: settings.region)
        let cloud = LiveCloud(
            try surroundings.ec2(), encryptsVolumes: settings.encryptsVolumes)
        let identities = LiveIdentity(
            try IdentityProofVerifier(
                settings: surroundings.aws, transfer: surroundings.transfer))
        let panel = try await Panel(
            settings: settings, database: try PanelDatabase(path: settings.database),
            cloud: cloud, identities: identities, operatorToken: token, logger: logger)
        return LivePanel(panel: panel, cloud: cloud, settings: settings)
    }

    /// How its URLs begin.
    public var scheme: String { panel.tls == nil ? "http" : "https" }

    /// What clients pin, as a line; nil without TLS.
    public var keyLine: String? {
        panel.tls.map { "tls: the key's fingerprint is \($0.pin)" }
    }

    /// Serves until SIGTERM. One panel at a time has a database.
    public func run(
        onReady: @escaping @Sendable (_ address: String, _ port: Int) async -> Void
    ) async throws {
        guard
            let lock = try FileLock.take(
                PanelBackup.lockPath(settings.database), in: Files())
        else {
            throw PanelStartError.database(
                path: settings.database, cause: "another howdah-panel serves it")
        }
        try await panel.run(onReady: onReady)
        _ = consume lock
    }

    /// What is fine, a line each; throws what is not.
    public func check() async throws -> [String] {
        // An id of the right form that no instance has: EC2 answers, and with nothing.
        _ = try await cloud.instances(["i-00000000000000000"])
        return settings.clusters.map { cluster in
            "settings: cluster '\(cluster.name)', roles "
                + cluster.roles.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: ", ")
        } + [
            "database: '\(settings.database)' is at this version's schema",
            "ec2: answers in '\(settings.region)'",
            keyLine ?? "tls: none, plain HTTP",
        ]
    }

    private static func operatorToken(_ path: String) throws -> String {
        let text: String
        do { text = try Files().text(path) } catch {
            throw PanelStartError.configuration(path: path, cause: "\(error)")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard token.utf8.count >= minimumTokenLength else {
            throw PanelStartError.configuration(
                path: path,
                cause: "the operator's token has fewer than \(minimumTokenLength) characters; "
                    + "make one with 'openssl rand -hex 32'")
        }
        return token
    }
}
