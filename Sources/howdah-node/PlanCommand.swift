import ArgumentParser
import Host
import Node

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what a boot would do. Reads metadata and files, changes nothing.",
        discussion: "Example: howdah-node plan")

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await failing {
            let plan = try await BootPlan.read(options.world())
            print(plan.lines.joined(separator: "\n"))
        }
    }
}
