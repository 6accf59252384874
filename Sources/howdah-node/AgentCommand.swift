import ArgumentParser
import Dispatch
import FoundationEssentials
import Glibc
import Host
import Node

struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Sends heartbeats and keeps the hosts file in step, until SIGTERM.",
        discussion: """
            Example: howdah-node agent
            Under systemd it tells when it is ready, how it fares, and that it is not hung.
            """)

    /// After SIGTERM; then it ends wherever it is, since all that it writes is whole at any moment.
    static let patience = DispatchTimeInterval.milliseconds(800)

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await failing {
            let world = options.world()
            let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment)
            let work = Task { try await Agent(world: world, notifier: notifier).run() }
            let sources = [SIGTERM, SIGINT].map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number)
                source.setEventHandler {
                    notifier?.send(.stopping)
                    work.cancel()
                    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { _exit(0) }
                }
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
