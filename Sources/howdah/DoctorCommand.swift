internal import AWS
internal import ArgumentParser
internal import Doctor
internal import FoundationEssentials
internal import Host
internal import Transfer

/// `howdah doctor`: what an operator's machine needs.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at credentials, clock, repositories and the panel, and say what to do.",
        discussion: """
            Example:
              howdah doctor --repository s3://acme-rpms/el9/x86_64 --panel https://panel:8443
            It changes nothing: what EC2 allows is asked by dry runs.
            Exit: 0 all fine, 1 something is wrong, 2 nothing worse than warnings.
            """)

    @Option(help: "The URL of a repository to be read; may be repeated.")
    var repository: [String] = []

    @Option(help: "The panel's address [HOWDAH_PANEL].")
    var panel: String?

    @Option(help: "A public key of the panel's, 'sha256//…', as in the cluster file's panel_keys.")
    var panelKey: [String] = []

    @Option(help: "Whether these credentials may do what a panel does, in this availability zone.")
    var ec2Zone: String?

    @Flag(help: "Print the findings as JSON.") var json = false

    func run() async throws {
        let diagnosis = await diagnosis(ProcessInfo.processInfo.environment)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(diagnosis), as: UTF8.self))
        } else {
            for line in diagnosis.lines { print(line) }
        }
        if diagnosis.exitCode != 0 { throw ExitCode(diagnosis.exitCode) }
    }

    private func diagnosis(_ environment: [String: String]) async -> Diagnosis {
        let transfer = TransferClient(.init(environment: environment))
        let settings = AWSSettings.load(environment: environment)
        let credentials = CredentialChain.standard(environment: environment, transfer: transfer)
        var findings = await AccountCheck(
            settings: settings, credentials: credentials, transfer: transfer, now: WallClock.now
        ).run()
        let repositories = RepositoryCheck(
            settings: settings, credentials: credentials, transfer: transfer)
        for url in repository { findings += await repositories.run(url) }
        if let ec2Zone {
            findings += await EC2Check(
                settings: settings, credentials: credentials, transfer: transfer
            ).asPanel(zone: ec2Zone)
        }
        if let url = panel ?? environment["HOWDAH_PANEL"] {
            findings += await PanelCheck(
                url: url, transfer: panelTransfer(transfer, environment), now: WallClock.now
            ).run()
        }
        return Diagnosis(findings)
    }

    private func panelTransfer(
        _ common: TransferClient, _ environment: [String: String]
    ) -> TransferClient {
        guard !panelKey.isEmpty else { return common }
        var configuration = TransferClient.Configuration(environment: environment)
        configuration.pinnedKeys = panelKey
        return TransferClient(configuration)
    }
}
