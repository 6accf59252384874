internal import ServiceLifecycle

/// A worker that looks, does what can be done, and looks again: soon while something is under way,
/// seldom else, at once when it is called. It ends with the panel.
protocol RoundWorker: Service {
    var wake: WakeUp { get }
    /// Between looks while something is under way.
    var pollInterval: Duration { get }
    /// So many times as long is a pause while nothing is.
    static var idlePauses: Int { get }

    /// One step of all that is under way; how much still is. It throws nothing: what failed is
    /// told, and tried again in the next round.
    func round() async -> Int
}

extension RoundWorker {
    static var idlePauses: Int { 15 }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let open = await self.round()
                try await self.wake.wait(
                    atMost: open > 0 ? self.pollInterval : self.pollInterval * Self.idlePauses)
            }
        }
    }
}
