import ArgumentParser
import Host
import Node

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how the newest boot stands, step by step.",
        discussion: """
            Example: howdah-node status --wait
            A boot from before the machine's last start does not count. What the cloud has in mind
            for the instance (spot, rebalance, life-cycle, maintenance) is told with it.
            Exit: 0 done, 1 failed, not begun or not finished, 2 degraded.
            """)

    @OptionGroup var options: RootOptions
    @Flag(help: "Wait until the boot has ended.") var wait = false
    @Flag(help: "Print the state as JSON.") var json = false
    @Option(help: "Seconds to wait at most.") var deadline = 3600

    func run() async throws {
        try await failing {
            let store = StateStore(files: options.paths.files)
            let bootID = try options.bootID()
            let now =
                wait ? try await waited(store, bootID) : try store.status(ofBoot: bootID)
            guard var state = now else { throw NotBooted(path: options.paths.root) }
            let notices = try store.agent(ofBoot: bootID).notices
            state.notices = notices.isEmpty ? nil : notices
            try show(state, asLines: state.lines, json: json)
            if state.exitCode != 0 { throw ExitCode(state.exitCode) }
        }
    }

    private func waited(_ store: StateStore, _ bootID: String) async throws -> BootState? {
        try await poll(
            every: .milliseconds(250), for: .seconds(deadline), clock: ContinuousClock(),
            what: "the boot to end"
        ) { () throws -> BootState? in
            let state = try store.status(ofBoot: bootID)
            return state?.stage == .running ? nil : state
        }
    }
}

struct NotBooted: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "no boot was begun below '\(path)' since the machine started; run howdah-node boot"
    }
}
