internal import ArgumentParser
internal import Glibc
internal import LocalCloud

struct LocalDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Clear the lab with all its data; keep cache and logs.",
        discussion: """
            Undoes all that the lab's ledger lists, also after a crash. Running it again is fine.

            Example:
              howdah local down
            """)

    @OptionGroup var lab: LabOptions

    func run() async throws {
        try lab.folder.requireRights(isRoot: geteuid() == 0)
        try await Teardown(folder: lab.folder, say: ProgressLine.print).run()
    }
}
