internal import ArgumentParser
internal import RepoPublish

struct RepoRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take packages out of a published repository's index.",
        discussion: """
            Example: howdah repo remove s3://acme-rpms/el9/x86_64 'hadoop-*-3.3.5-*'

            The package files stay for readers of the old index, until 'howdah repo gc'.
            """)

    @Argument(help: RepositoryPlace.help)
    var repository: RepositoryPlace

    @Argument(help: "Names, name-version-release, NEVRAs, with * ? [] as in a shell.")
    var packages: [String]

    @Option(help: "How many packages may go.")
    var maxDelete = 100

    @OptionGroup var options: ChangeOptions

    func run() async throws {
        let store = try options.open(repository)
        try await options.run { settings in
            let change = RemoveChange(
                store: store.name, patterns: packages.map { PackagePattern($0) },
                atMost: maxDelete)
            return ChangeRun(store: store, change: change, settings: settings)
        }
    }
}
