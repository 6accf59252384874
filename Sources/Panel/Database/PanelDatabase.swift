internal import Foundation
internal import GRDB

/// The panel's SQLite file, opened and brought to the schema of this version.
///
/// WAL, so that a page being read does not hold up a heartbeat; `synchronous=FULL`, so that what
/// was acknowledged survives a power cut. GRDB keeps arguments out of its errors and they are never
/// traced: no token or signature can get into a log by way of a failed statement.
public struct PanelDatabase: Sendable {
    /// How long a writer waits for another one before SQLite says busy.
    static let busyLimitSeconds = 10.0
    static let maximumReaders = 4

    let pool: DatabasePool
    private let writes: WriteQueue

    /// Opens or makes the file at `path`; its folder must exist.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.publicStatementArguments = false
        configuration.busyMode = .timeout(Self.busyLimitSeconds)
        configuration.maximumReaderCount = Self.maximumReaders
        configuration.label = "panel"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            writes = WriteQueue(pool)
            guard try !pool.read(Migrations.all.hasBeenSuperseded) else {
                throw DatabaseError(message: "a newer howdah-panel wrote it; use that one")
            }
            try Migrations.all.migrate(pool)
            // The one that looked before the migrations would take `*` for the columns of then.
            pool.invalidateReadOnlyConnections()
        } catch {
            throw PanelStartError.database(path: path, cause: "\(error)")
        }
    }

    func read<Value: Sendable>(
        _ query: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await pool.read(query)
    }

    /// Returns once it is committed; others' changes may share the transaction, none its fate.
    func write<Value: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await writes.write(change)
    }

    /// Throws where the database cannot be read.
    func check() async throws {
        try await read { database in
            _ = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM panel")
        }
    }

    func close() throws { try pool.close() }
}
