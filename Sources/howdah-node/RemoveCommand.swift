internal import ArgumentParser
internal import PackageInstall
internal import Solver

struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove installed packages.",
        discussion: """
            What other installed packages require is not removed, unless --dependents says that \
            those go too. Packages that /etc/dnf/protected.d names stay in any case.

            Example:
              howdah-node remove hadoop-yarn-nodemanager --dry-run
            """)

    @Argument(help: "Names of installed packages, NAME.ARCH, or patterns of names.")
    var names: [String]

    @Flag(help: "Remove also what requires them.")
    var dependents = false

    @OptionGroup var options: PackageOptions
    @OptionGroup var change: ChangeOptions

    func run() async throws {
        try await failing {
            try await change.carryOut(
                InstallRequest(.remove(dependents: dependents), names: names), options)
        }
    }
}
