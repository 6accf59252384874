import ArgumentParser
import Host
import Node

struct BootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boot",
        abstract: "Makes this instance a member of its cluster. Safe to run again at any time.",
        discussion: """
            Example: howdah-node boot
            Exit: 0 done, 1 failed (see howdah-node status), 2 done but not reported.
            """)

    @OptionGroup var options: RootOptions

    @Flag(help: "Print the outcome as JSON.") var json = false

    func run() async throws {
        try await failing {
            guard let lock = try BootLock.take(options.paths.files) else {
                throw BootRuns()
            }
            let state = try await Boot(world: options.world()).run()
            _ = consume lock
            // The log has said on standard error what failed and why.
            if json { print(try state.json()) }
            if state.exitCode != 0 { throw ExitCode(state.exitCode) }
        }
    }
}

struct BootRuns: Error, CustomStringConvertible {
    var description: String {
        "another boot of this instance is under way; howdah-node status --wait waits for it"
    }
}
