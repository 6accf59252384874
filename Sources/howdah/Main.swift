internal import ArgumentParser

/// `howdah`: what release engineers and operators run. One file per verb.
@main
struct Howdah: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "howdah",
        abstract: "Publish packages, build images, try a cluster, look at one.",
        subcommands: [ClusterCommand.self, ImageCommand.self, Local.self, Repo.self])
}
