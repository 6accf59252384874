internal import ArgumentParser
internal import FoundationEssentials
internal import RepoPublish

struct RepoAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add packages to a published repository.",
        discussion: """
            Example: howdah repo add s3://acme-rpms/el9/x86_64 --folder Packages build/*.rpm

            Only the repository's metadata is downloaded, never its packages. A package that is \
            damaged ends it before anything is sent.
            """)

    @Argument(help: RepositoryPlace.help)
    var repository: RepositoryPlace

    @Argument(help: "The packages.", completion: .file(extensions: ["rpm"]))
    var packages: [String]

    @Option(help: "The folder below the repository that they go into.")
    var folder = ""

    @Option(help: "Changelog entries of each package, the newest; -1 for all.")
    var changelogLimit = 10

    @Flag(help: "A package takes the place of one of the same NEVRA under another path.")
    var replace = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: "Add nothing unless a key of this file signed every package; may be repeated.",
        completion: .file())
    var requireSigned: [String] = []

    @OptionGroup var options: ChangeOptions

    func run() async throws {
        let store = try options.open(repository)
        let offer = try await PackageFiles.offer(
            packages.map(absolutePath), folder: folder, changelogLimit: changelogLimit,
            workers: ProcessInfo.processInfo.activeProcessorCount,
            keyrings: requireSigned.map(absolutePath))
        try await options.run { settings in
            let change = MergeChange(
                verb: "add", store: store.name, offer: offer, replaces: replace)
            return ChangeRun(store: store, change: change, settings: settings)
        }
    }
}
