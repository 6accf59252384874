internal import ArgumentParser

struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Make images, and disks of them.",
        subcommands: [ImageDisk.self])
}
