internal import ArgumentParser
internal import Glibc
internal import RepoPublish

struct RepoPrune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Keep the newest versions of each package in a repository's index.",
        discussion: """
            Example: howdah repo prune s3://acme-rpms/el9/x86_64 --keep 3 --older-than 30d

            Versions are ordered as rpm does, for each name and architecture. The package files \
            stay for readers of the old index, until 'howdah repo gc'.
            """)

    @Argument(help: RepositoryPlace.help)
    var repository: RepositoryPlace

    @Option(help: "How many versions stay.")
    var keep: Int

    @Option(help: "Only packages that were built longer ago than this go, such as 30d.")
    var olderThan: Age?

    @Option(help: "How many packages may go.")
    var maxDelete = 100

    @OptionGroup var options: ChangeOptions

    func validate() throws {
        guard keep > 0 else { throw ValidationError("--keep must be 1 or more") }
    }

    func run() async throws {
        let store = try options.open(repository)
        try await options.run { settings in
            let change = PruneChange(
                store: store.name, keep: keep,
                builtBefore: olderThan.map { Int64(time(nil)) - $0.seconds }, atMost: maxDelete)
            return ChangeRun(store: store, change: change, settings: settings)
        }
    }
}
