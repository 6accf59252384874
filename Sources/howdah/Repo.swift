internal import ArgumentParser

struct Repo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make and publish RPM repositories.",
        subcommands: [
            RepoIndex.self, RepoPublishCommand.self, RepoPolicy.self, RepoConfig.self,
        ])
}
