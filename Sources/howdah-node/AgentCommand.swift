import ArgumentParser
import Dispatch
import Glibc
import Node

struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Sends heartbeats and keeps the hosts file in step, until SIGTERM.",
        discussion: "Example: howdah-node agent")

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await failing {
            let world = options.world()
            let work = Task { try await Agent(world: world).run() }
            let sources = [SIGTERM, SIGINT].map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number)
                source.setEventHandler { work.cancel() }
                source.resume()
                return source
            }
            defer { sources.forEach { $0.cancel() } }
            do {
                try await work.value
            } catch  where work.isCancelled {
                return
            }
        }
    }
}
