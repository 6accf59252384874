internal import ArgumentParser

struct Repo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make and publish RPM repositories.",
        subcommands: [
            RepoIndex.self, RepoPublishCommand.self, RepoAdd.self, RepoRemove.self,
            RepoPrune.self, RepoPromote.self, RepoRollback.self, RepoLog.self, RepoGc.self,
            RepoVerify.self, RepoDiff.self, RepoPolicy.self, RepoConfig.self,
        ])
}
