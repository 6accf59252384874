import ArgumentParser
import Dispatch
import Glibc
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
            let world = options.world()
            let sources = try interruptions(world)
            let state = try await Boot(world: world).run()
            sources.forEach { $0.cancel() }
            _ = consume lock
            // The log has said on standard error what failed and why.
            if json { print(try jsonText(state)) }
            if state.exitCode != 0 { throw ExitCode(state.exitCode) }
        }
    }

    /// Whoever asks it to end is obeyed at once: every step can be cut off at any moment, and the
    /// state says that it was.
    private func interruptions(_ world: NodeWorld) throws -> [any DispatchSourceSignal] {
        let store = StateStore(files: options.paths.files)
        let bootID = try world.bootID()
        return [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            // Not SIG_IGN: what it starts would inherit that.
            signal(number) { _ in }
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                if let line = try? store.interrupt(bootID: bootID, by: name) {
                    world.log.line(line)
                }
                _exit(1)
            }
            source.resume()
            return source
        }
    }
}

struct BootRuns: Error, CustomStringConvertible {
    var description: String {
        "another boot of this instance is under way; howdah-node status --wait waits for it"
    }
}
