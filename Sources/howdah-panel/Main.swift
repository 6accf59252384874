internal import ArgumentParser
internal import Host

/// `howdah-panel`: what runs on the Control Panel's host. One file per verb.
@main
struct HowdahPanel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "howdah-panel",
        abstract: "The Control Panel: knows the nodes, gives volumes, shows the cluster.",
        version: HowdahVersion.text,
        subcommands: [
            Serve.self, Check.self, Backup.self, Restore.self, Templates.self, Policy.self,
            UserCommand.self,
        ])
}
