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
        let environment = ProcessInfo.processInfo.environment
        let transfer = TransferClient(.init(environment: environment))
        var aws = AWSSettings.load(environment: environment)
        aws.region = settings.region
        let cloud = LiveCloud(
            try EC2Client(
                settings: aws,
                credentials: CredentialChain.standard(
                    environment: environment, transfer: transfer),
                transfer: transfer))
        let identities = LiveIdentity(
            try IdentityProofVerifier(settings: aws, transfer: transfer))
        let panel = try await Panel(
            settings: settings, database: try PanelDatabase(path: settings.database),
            cloud: cloud, identities: identities, operatorToken: token, logger: logger)
        return LivePanel(panel: panel, cloud: cloud, settings: settings)
    }

    public func run(
        onReady: @escaping @Sendable (_ address: String, _ port: Int) async -> Void
    ) async throws {
        try await panel.run(onReady: onReady)
    }

    /// What is fine, a line each; throws what is not.
    public func check() async throws -> [String] {
        // An id of the right form that no instance has: EC2 answers, and with nothing.
        _ = try await cloud.instances(["i-00000000000000000"])
        return [
            "settings: cluster '\(settings.cluster)', roles "
                + settings.roles.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: ", "),
            "database: '\(settings.database)' is at this version's schema",
            "ec2: answers in '\(settings.region)'",
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
