internal import ArgumentParser
internal import Host

/// `howdah-node`: what runs on an instance. One file per verb.
@main
struct HowdahNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "howdah-node",
        abstract: "Make an instance a node of its cluster, and keep it one.",
        discussion: "Example: howdah-node boot && exec howdah-node agent",
        version: HowdahVersion.text,
        subcommands: [
            BootCommand.self, AgentCommand.self, StatusCommand.self, PlanCommand.self,
            AnalyzeCommand.self, FactsCommand.self, ConfigCommand.self, InstallCommand.self,
            UpgradeCommand.self, RemoveCommand.self, ListCommand.self, ProvidesCommand.self,
            HistoryCommand.self, GatewayCommand.self, CollectLogsCommand.self,
            CleanCommand.self, DoctorCommand.self,
        ])
}
