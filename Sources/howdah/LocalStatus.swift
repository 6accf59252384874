internal import ArgumentParser
internal import LocalCloud

struct LocalStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say what of the lab lives, and what EC2 and the panel say.",
        discussion: """
            Example:
              howdah local status --json
            """)

    @OptionGroup var lab: LabOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let status = try await LabStatus.read(lab.folder)
        if json { return try Terminal.printJSON(status) }
        for line in LocalReport.lines(status) { print(line) }
    }
}

struct LocalShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the cluster as its Control Panel sees it.",
        discussion: """
            As 'howdah cluster show', with the lab's own address and token.

            Example:
              howdah local show
            """)

    @OptionGroup var lab: LabOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let view = try await LabOperations(folder: lab.folder).view()
        if json { return try Terminal.printJSON(view) }
        for line in ClusterTable.lines(view) { print(line) }
    }
}
