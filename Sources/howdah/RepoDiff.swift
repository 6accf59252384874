internal import ArgumentParser
internal import RepoPublish

struct RepoDiff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what a repository has and another has not.",
        discussion: """
            Example: howdah repo diff s3://acme-stable/el9 s3://acme-testing/el9

            Only metadata is read.
            """)

    @Argument(help: "The repository: s3://bucket/prefix, https://…, or a directory.")
    var first: RepositoryPlace

    @Argument(help: "Another one.")
    var second: RepositoryPlace

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let difference = try await RepositoryDifference.between(
            try first.open(), try second.open())
        if json { return try Terminal.printJSON(difference) }
        for name in difference.removed { print("- \(name)") }
        for name in difference.added { print("+ \(name)") }
        for change in difference.changed { print("~ \(change.from) -> \(change.to)") }
        for name in difference.rebuilt { print("! \(name): other content") }
        if difference.isEmpty { print("the same packages") }
    }
}
