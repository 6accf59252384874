internal import Logging
internal import PanelAPI

/// Brings operations on volumes to their end, after a restart too.
struct CareWorker: RoundWorker {
    let care: CareRepository
    let steps: CareSteps
    let wake: WakeUp
    let time: PanelTime
    let logger: Logger
    /// Between looks at EC2 while something is under way.
    let pollInterval: Duration

    /// As many steps of each as go without waiting for EC2; how many are under way.
    func round() async -> Int {
        do {
            let working = try await care.working()
            for record in working { await advance(record) }
            return working.count
        } catch {
            guard !Task.isCancelled else { return 0 }
            logger.warning("cannot work on volumes", metadata: ["error": "\(error)"])
            return 1
        }
    }

    private func advance(_ record: CareRecord) async {
        var record = record
        do {
            while record.state == .working {
                guard let next = try await steps.step(record) else { return }
                try await care.update(next, audit: Self.audit(next), now: time.now())
                record = next
            }
        } catch {
            logger.warning(
                "volume waits", metadata: ["volume": "\(record.volumeID)", "error": "\(error)"])
        }
    }

    private static func audit(_ next: CareRecord) -> AuditLog.Entry {
        let copy = next.snapshotID.map { ", snapshot \($0)" } ?? ""
        let problem = next.problem.map { ": \($0)" } ?? ""
        return AuditLog.Entry(
            actor: "panel", action: "volume-\(next.kind.rawValue)-\(next.state.rawValue)",
            subject: next.volumeID, detail: "\(next.id)\(copy)\(problem)")
    }
}
