import ArgumentParser
import Cluster
import Node

struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads a cluster file as a boot does. Exit: 0 right, 1 wrong.",
        discussion: """
            Example: howdah-node config check cluster.yaml --user-data user-data --stacks stacks
            Settings and roles are held against the stack where there is a folder of stacks.
            """)

    @OptionGroup var options: ConfigOptions

    @Flag(help: "Print as JSON.") var json = false

    func run() async throws {
        try await failing {
            do {
                let outcome = try options.check.run(userData: try options.userDataBytes())
                print(json ? try jsonText(outcome) : outcome.line)
            } catch  where json {
                print(try jsonText(Mistake(error)))
                throw error
            }
        }
    }

    private struct Mistake: Encodable {
        let problem: String
        let file: String?
        let line: Int?

        init(_ error: any Error) {
            let place = error as? ConfigurationError
            problem = "\(error)"
            file = place?.file
            line = place?.line
        }
    }
}
