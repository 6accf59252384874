internal import ArgumentParser

/// `howdah image`: what image builders run.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Make images of instances from recipes, and disks of them.",
        subcommands: [ImageBuildCommand.self, ImageDisk.self, ImageShow.self])
}
