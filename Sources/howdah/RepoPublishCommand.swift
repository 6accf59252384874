internal import ArgumentParser
internal import RepoPublish

struct RepoPublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Add an indexed directory to a published repository.",
        discussion: """
            Example: howdah repo publish ./el9/x86_64 s3://acme-rpms/el9/x86_64

            Packages go first, then metadata, then the signature, and repomd.xml last: readers see \
            the old state or the new one. What is there already is not sent again. What others \
            published stays, also what they publish meanwhile.
            """)

    @Argument(help: "The directory, as 'howdah repo index' left it.", completion: .directory)
    var directory: String

    @Argument(help: "Where to: s3://bucket/prefix, or another directory.")
    var destination: RepositoryPlace

    @Flag(help: "Take packages out of the index that are there now and not in the directory.")
    var delete = false

    @Option(help: "With --delete: how many packages may go.")
    var maxDelete = 100

    @Flag(help: "A package takes the place of one of the same NEVRA under another path.")
    var replace = false

    @OptionGroup var options: ChangeOptions

    func run() async throws {
        try await options.run { settings, isDryRun in
            let publisher = Publisher(
                directory: absolutePath(directory), store: try options.open(destination),
                settings: settings, replaces: replace, deletingAtMost: delete ? maxDelete : nil)
            return isDryRun ? try await publisher.dryRun() : try await publisher.run()
        }
    }
}
