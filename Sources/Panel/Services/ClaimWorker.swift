internal import Logging
internal import PanelAPI

/// Brings claims to their volumes. It keeps nothing in memory: after a restart it reads what is
/// pending and goes on where the database and EC2 say that it stands.
struct ClaimWorker: RoundWorker {
    /// Claims worked on in one round; the others wait for the next.
    static let maximumPending = 200
    static let maximumConcurrent = 8
    static let idlePauses = 30

    let claims: ClaimRepository
    let steps: ClaimSteps
    let waiters: Waiters
    let wake: WakeUp
    let time: PanelTime
    let logger: Logger
    /// Between looks at EC2 while claims are pending.
    let pollInterval: Duration

    /// One step of each claim that is pending; how many still are.
    func round() async -> Int {
        let pending: [ClaimRecord]
        do { pending = try await claims.pending() } catch {
            logger.error("cannot read claims", metadata: ["error": "\(error)"])
            return 1
        }
        await withTaskGroup(of: Void.self) { group in
            for (index, record) in pending.enumerated() {
                if index >= Self.maximumConcurrent { await group.next() }
                group.addTask { await self.advance(record) }
            }
        }
        return pending.count
    }

    /// Steps of one claim until it has to wait for EC2.
    private func advance(_ record: ClaimRecord) async {
        var record = record
        do {
            while record.state.isPending {
                guard let next = try await steps.step(record) else { return }
                try await claims.update(next, audit: audit(next, after: record), now: time.now())
                await waiters.changed(Self.topic(record.id))
                record = next
            }
        } catch {
            logger.warning(
                "claim waits", metadata: ["claim": "\(record.id)", "error": "\(error)"])
        }
    }

    private func audit(_ next: ClaimRecord, after record: ClaimRecord) -> AuditLog.Entry? {
        guard next.state != record.state || next.volumeID != record.volumeID else { return nil }
        let reason = next.error.map { ": \($0)" } ?? ""
        return AuditLog.Entry(
            actor: "panel", action: "claim-\(next.state.rawValue)", subject: next.id,
            detail: "\(next.volumeID ?? "no volume") for \(next.instanceID)\(reason)")
    }

    static func topic(_ id: String) -> String { "claim/\(id)" }
}
