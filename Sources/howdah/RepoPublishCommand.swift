internal import AWS
internal import ArgumentParser
internal import FoundationEssentials
internal import RepoPublish
internal import Transfer

struct RepoPublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Send an indexed directory to S3.",
        discussion: """
            Example: howdah repo publish ./el9/x86_64 s3://acme-rpms/el9/x86_64

            Packages go first, then metadata, then the signature, and repomd.xml last: readers see \
            the old state or the new one. What is there already is not sent again. If somebody \
            else published in the meantime, repomd.xml is not replaced and the exit code is 1.
            """)

    @Argument(help: "The directory, as 'howdah repo index' left it.", completion: .directory)
    var directory: String

    @Argument(help: "Where to: s3://bucket/prefix.")
    var destination: String

    @Flag(help: "Print what would be sent, and send nothing.")
    var dryRun = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard S3Location(destination) != nil else {
            throw ValidationError("'\(destination)' is no s3://bucket/prefix")
        }
    }

    func run() async throws {
        guard let location = S3Location(destination) else { return }
        let environment = ProcessInfo.processInfo.environment
        let transfer = TransferClient(.init(environment: environment))
        let client = try S3Client(
            settings: .load(environment: environment),
            credentials: CredentialChain.standard(environment: environment, transfer: transfer),
            transfer: transfer)
        let publisher = Publisher(
            directory: absolutePath(directory), store: S3Store(client: client, location: location))
        let prepared = try await publisher.prepare()
        if dryRun {
            try show(publisher.outcome(prepared, isDryRun: true))
            return
        }
        let outcome = try await publisher.publish(prepared) { upload in
            Terminal.progress("sent \(upload.path)")
        }
        try show(outcome)
    }

    private func show(_ outcome: PublishOutcome) throws {
        if json { return try Terminal.printJSON(outcome) }
        if outcome.isDryRun {
            for item in outcome.sent { print("\(item.path)  \(item.size) bytes") }
        }
        let bytes = outcome.sent.reduce(0) { $0 + $1.size }
        let verb = outcome.isDryRun ? "to send" : "sent"
        print(
            "\(outcome.store): \(outcome.sent.count) objects \(verb), \(bytes) bytes; "
                + "\(outcome.unchanged) there already; revision \(outcome.revision)")
    }
}
