internal import ArgumentParser

/// `howdah-node`: what runs on an instance. One file per verb.
@main
struct HowdahNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "howdah-node",
        abstract: "Make an instance a node of its cluster.",
        subcommands: [InstallCommand.self])
}
