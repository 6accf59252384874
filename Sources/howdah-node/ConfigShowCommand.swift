import ArgumentParser
import Node

struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints the cluster file with user-data laid over it and every default.",
        discussion: "Example: howdah-node config show --redacted")

    @OptionGroup var options: ConfigOptions

    @Flag(help: "Hide passwords, keys and tokens among the settings, and users in URLs.")
    var redacted = false

    func run() async throws {
        try await failing {
            let text = try options.check.text(
                userData: try options.userDataBytes(), isRedacted: redacted)
            print(text, terminator: "")
        }
    }
}
