import ArgumentParser
import FoundationEssentials
import Host
import Node

struct CollectLogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect-logs",
        abstract: "Puts state, logs, configuration and facts into one file, without secrets.",
        discussion: """
            Example: howdah-node collect-logs --output /tmp/howdah-logs.tar.gz
            Look at it before you send it on: what looks like a secret is hidden, and what does \
            not is not known to be one.
            """)

    @OptionGroup var options: RootOptions
    @Option(help: "The file to write, for its owner alone; it is replaced if it is there.")
    var output = "howdah-logs.tar.gz"
    @Flag(help: "Print as JSON.") var json = false

    func run() async throws {
        try await failing {
            let path =
                output.hasPrefix("/")
                ? output : FileManager.default.currentDirectoryPath + "/" + output
            let collection = LogCollection(
                world: options.world(), environment: ProcessInfo.processInfo.environment,
                journal: UnitJournal.text)
            let bytes = try await collection.archive()
            try Files().write(bytes, to: path, mode: 0o600)
            print(json ? try jsonText(["file": path]) : path)
        }
    }
}
