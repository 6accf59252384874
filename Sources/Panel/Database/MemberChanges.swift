internal import GRDB
internal import Synchronization

/// Counts the commits after which some cluster's members may be others than before.
final class MemberChanges: TransactionObserver, Sendable {
    /// Columns of a node that no member is made of, and that heartbeats and rounds write.
    static let others: Set<String> = [
        "bootID", "sequence", "load1", "loadIsHostWide", "seenAt", "heartbeatAt", "missingSince",
        "life", "lifeSince",
    ]

    private struct State {
        var commits: UInt64 = 1
        var isChanged = false
    }

    private let state = Mutex(State())

    init(_ database: PanelDatabase) {
        database.pool.add(transactionObserver: self)
    }

    /// Whoever reads it after a write has returned reads what counts that write.
    var version: UInt64 { state.withLock { $0.commits } }

    func observes(eventsOfKind kind: DatabaseEventKind) -> Bool {
        if kind.tableName == DrainRecord.databaseTableName { return true }
        guard kind.tableName == NodeRecord.databaseTableName else { return false }
        if case .update(_, let columns) = kind { return !columns.isSubset(of: Self.others) }
        return true
    }

    func databaseDidChange(with event: DatabaseEvent) {
        state.withLock { $0.isChanged = true }
        stopObservingDatabaseChangesUntilNextTransaction()
    }

    func databaseDidCommit(_ database: Database) {
        state.withLock { state in
            if state.isChanged { state.commits += 1 }
            state.isChanged = false
        }
    }

    func databaseDidRollback(_ database: Database) {
        state.withLock { $0.isChanged = false }
    }
}
