internal import ArgumentParser
internal import Glibc
internal import RepoPublish

struct RepoRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Make an earlier state of a repository the present one.",
        discussion: """
            Example: howdah repo rollback s3://acme-rpms/el9/x86_64 --to 1763750000

            Its metadata and its signature are there still, so that nothing is built or signed. \
            If somebody publishes at the same time, it is not done, and the exit code is 1.
            """)

    @Argument(help: RepositoryPlace.help)
    var repository: RepositoryPlace

    @Option(help: "A revision of 'howdah repo log'; otherwise the one before.")
    var to: String?

    @Flag(help: "Print what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup(title: "Storage in S3") var storage: StorageOptions

    func run() async throws {
        let rollback = Rollback(
            store: try repository.open(try storage.putOptions()),
            settings: ChangeSettings(who: Caller.name, now: { Int64(time(nil)) }))
        let outcome = try await rollback.run(to: to, isDryRun: dryRun)
        if json { return try Terminal.printJSON(outcome) }
        print(
            "\(outcome.store): \(dryRun ? "would go" : "went") back from \(outcome.from) "
                + "to \(outcome.to)")
    }
}
