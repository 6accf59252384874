internal import ArgumentParser
internal import RepoPublish

struct RepoPromote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Take packages of one published repository into another.",
        discussion: """
            Example: howdah repo promote s3://acme-testing/el9 s3://acme-stable/el9 'hadoop-*'

            Packages are copied at the store, under the same path and with the same checksum; \
            nothing is built or indexed again.
            """)

    @Argument(help: "Where the packages are.")
    var source: RepositoryPlace

    @Argument(help: "Where they go.")
    var target: RepositoryPlace

    @Argument(help: "Names, name-version-release, NEVRAs, with * ? [] as in a shell.")
    var packages: [String] = []

    @Flag(help: "All packages.")
    var all = false

    @Flag(help: "A package takes the place of one of the same NEVRA under another path.")
    var replace = false

    @OptionGroup var options: ChangeOptions

    func validate() throws {
        guard all == packages.isEmpty else {
            throw ValidationError("give packages, or --all")
        }
    }

    func run() async throws {
        try await options.run { settings, isDryRun in
            let promotion = Promotion(
                source: try source.open(), target: try options.open(target), settings: settings,
                replaces: replace)
            return try await promotion.run(
                all ? nil : packages.map { PackagePattern($0) }, isDryRun: isDryRun)
        }
    }
}
