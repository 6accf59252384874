import ArgumentParser
import Host
import Node

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what a boot would do here and why, with the differences of files.",
        discussion: """
            Example: howdah-node plan
            Reads metadata, files, mounts and daemons; asks nobody else and changes nothing. What \
            is known only when the boot runs is said.
            """)

    @OptionGroup var options: RootOptions
    @Flag(help: "Print as JSON.") var json = false

    func run() async throws {
        try await failing {
            let preview = try await BootPreview.read(options.world())
            try show(preview, asLines: preview.lines, json: json)
        }
    }
}
