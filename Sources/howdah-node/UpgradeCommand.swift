internal import ArgumentParser
internal import PackageInstall
internal import Solver

struct UpgradeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Bring installed packages to the newest version.",
        discussion: """
            Without names, all of them. Repositories are those of 'howdah-node install'.

            Example:
              howdah-node upgrade hadoop-hdfs-datanode --dry-run
            """)

    @Argument(help: "Names of installed packages, or patterns of names.")
    var names: [String] = []

    @OptionGroup var options: PackageOptions
    @OptionGroup var change: ChangeOptions

    func run() async throws {
        try await failing {
            try await change.carryOut(InstallRequest(.upgrade, names: names), options)
        }
    }
}
