internal import Logging
internal import PanelAPI

/// Brings drains to their end. What it knows stands in the database before anything follows from
/// it: the master's agent reads there whom to exclude, and the launch worker whom to end. After a
/// restart it goes on where things stand.
struct DrainWorker: RoundWorker {
    /// Steps that follow each other without a wait, in one round.
    static let maximumSteps = 4

    let drains: DrainRepository
    let observer: DrainObserver
    let decision: DrainDecision
    let rolls: MemberRolls
    let launcher: WakeUp
    let wake: WakeUp
    let time: PanelTime
    let logger: Logger
    /// Between looks at the NameNode while a drain is under way.
    let pollInterval: Duration

    /// A look at each drain that is under way, and what follows; how many are.
    func round() async -> Int {
        do {
            let open = try await drains.open()
            await withTaskGroup(of: Void.self) { group in
                for record in open { group.addTask { await advance(record) } }
            }
            return open.count
        } catch {
            guard !Task.isCancelled else { return 0 }
            logger.warning("cannot work on drains", metadata: ["error": "\(error)"])
            return 1
        }
    }

    private func advance(_ record: DrainRecord) async {
        var record = record
        do {
            for _ in 0..<Self.maximumSteps where !record.state.isOver {
                guard let seen = try await observer.observation(record) else { return }
                let next = decision.next(record, seen)
                guard next != record else { return }
                guard
                    let kept = try await drains.update(next, after: record, now: time.now())
                else { return }
                if kept.releasedAt != record.releasedAt { await tell(kept) }
                if kept.state == record.state { return }
                await tell(kept)
                record = kept
            }
        } catch {
            guard !Task.isCancelled else { return }
            logger.warning(
                "drain waits", metadata: ["drain": "\(record.id)", "error": "\(error)"])
            await note(error, of: record)
        }
    }

    /// Whoever waits for the drain is told too, not the log alone.
    private func note(_ error: any Error, of record: DrainRecord) async {
        var next = record
        next.stall = "the panel cannot look: \(error)"
        guard next != record else { return }
        _ = try? await drains.update(next, after: record, now: time.now())
    }

    /// Who waits for what a state brings.
    private func tell(_ record: DrainRecord) async {
        await rolls.changed(record.cluster)
        if record.state == .terminating { await launcher.call() }
    }
}
