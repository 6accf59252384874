internal import ArgumentParser
internal import Glibc
internal import RepoPublish

struct RepoGc: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove packages, metadata and history that no reader needs any more.",
        discussion: """
            Example: howdah repo gc s3://acme-rpms/el9/x86_64 --retain 7d

            What a state names that readers saw within that time stays, and so does what was \
            stored within it, since a publisher may be about to name it.
            """)

    @Argument(help: RepositoryPlace.help)
    var repository: RepositoryPlace

    @Option(help: "How long states are kept after they were left, such as 36h.")
    var retain = Age(seconds: 86_400)

    @Flag(help: "Print what would be removed, and remove nothing.")
    var dryRun = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let collection = GarbageCollection(
            store: try repository.open(), retention: retain.seconds, now: { Int64(time(nil)) })
        let outcome = try await collection.run(isDryRun: dryRun)
        if json { return try Terminal.printJSON(outcome) }
        if dryRun {
            for object in outcome.removed { print("\(object.path)  \(object.size) bytes") }
        }
        let bytes = outcome.removed.reduce(0) { $0 + $1.size }
        print(
            "\(outcome.store): \(outcome.removed.count) objects "
                + "\(dryRun ? "to remove" : "removed"), \(bytes) bytes; "
                + "\(outcome.states) states kept")
    }
}
