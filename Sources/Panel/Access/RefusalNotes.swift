internal import GRDB
internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// Enters into the audit log who was turned away, so often a minute: whoever hammers at the door
/// costs no more than that in writes and on the disk.
final class RefusalNotes: Sendable {
    static let action = "refused"
    static let statuses: Set<HTTPResponse.Status> = [.unauthorized, .forbidden, .tooManyRequests]

    private struct Minute {
        var number = 0.0
        var count = 0
    }

    private let database: PanelDatabase
    private let time: PanelTime
    private let minute = Mutex(Minute())

    init(database: PanelDatabase, time: PanelTime) {
        self.database = database
        self.time = time
    }

    /// `actor`: who it is where that is known, else from where.
    func note(_ refusal: Refusal, of call: String, by actor: String) async throws {
        guard Self.statuses.contains(refusal.status), isDue() else { return }
        let now = time.now()
        try await database.write { database in
            try AuditLog.addRefusal(
                .init(
                    actor: actor, action: Self.action, subject: call,
                    detail: refusal.description), at: now, in: database)
        }
    }

    private func isDue() -> Bool {
        let number = (time.now() / 60).rounded(.down)
        return minute.withLock { minute in
            if minute.number != number { minute = Minute(number: number) }
            minute.count += 1
            return minute.count <= AuditLog.maximumRefusalsPerMinute
        }
    }
}
