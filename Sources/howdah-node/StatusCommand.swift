import ArgumentParser
import FoundationEssentials
import Host
import Node

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how the newest boot stands, step by step.",
        discussion: """
            Example: howdah-node status --wait
            Exit: 0 done, 1 failed or not finished, 2 degraded.
            """)

    @OptionGroup var options: RootOptions
    @Flag(help: "Wait until the boot has ended.") var wait = false
    @Flag(help: "Print the state as JSON.") var json = false
    @Option(help: "Seconds to wait at most.") var deadline = 3600

    func run() async throws {
        try await failing {
            let store = StateStore(files: options.paths.files)
            guard let state = wait ? try await waited(store) : try store.status() else {
                throw NotBooted(path: options.paths.root)
            }
            print(json ? try text(state) : state.lines.joined(separator: "\n"))
            if state.exitCode != 0 { throw ExitCode(state.exitCode) }
        }
    }

    private func waited(_ store: StateStore) async throws -> BootState? {
        try await poll(
            every: .milliseconds(250), for: .seconds(deadline), clock: ContinuousClock(),
            what: "the boot to end"
        ) { () throws -> BootState? in
            guard let state = try store.status(), state.stage != .running else { return nil }
            return state
        }
    }

    private func text(_ state: BootState) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(state), as: UTF8.self)
    }
}

struct NotBooted: Error, CustomStringConvertible {
    let path: String

    var description: String { "no boot was begun below '\(path)'; run howdah-node boot" }
}
