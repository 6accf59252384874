internal import Foundation
internal import GRDB
public import Host

/// Copies of the panel's database that are whole: made while it serves, and put back while it does
/// not.
public struct PanelBackup: Sendable {
    /// What a database holds.
    public struct Summary: Sendable, Equatable, CustomStringConvertible {
        public var clusters: [String]
        public var nodes: Int
        public var volumes: Int
        /// Bytes of the file.
        public var bytes: Int

        public var description: String {
            "\(bytes) bytes, cluster \(clusters.joined(separator: ", ")), "
                + "\(nodes) nodes and \(volumes) volumes ever"
        }
    }

    private let database: String
    private let files: Files

    /// `database`: the panel's file, as its settings name it.
    public init(database: String, files: Files = Files()) {
        self.database = Self.absolute(database)
        self.files = files
    }

    /// The lock that a panel that serves holds.
    static func lockPath(_ database: String) -> String { absolute(database) + ".lock" }

    /// Writes a copy to `path`, which must not exist yet, in the state of one moment (SQLite's
    /// backup API); readable by its owner alone, since hashes of tokens are in it.
    public func backUp(to path: String) throws -> Summary {
        let path = Self.absolute(path)
        try refuse(files.exists(path), path, "it exists already; a backup takes nothing's place")
        guard files.exists(database) else {
            throw PanelStartError.database(path: database, cause: "there is no such file")
        }
        return try copy(from: database, to: path)
    }

    /// Puts a copy in the database's place. What was there is set aside beside it, not removed;
    /// its path is given. Refused while a panel serves it, and for what is no whole database of a
    /// panel of this version or an earlier one.
    public func restore(
        from path: String, now: Double
    ) throws -> (summary: Summary, setAside: String?) {
        let path = Self.absolute(path)
        guard files.exists(path) else {
            throw PanelStartError.database(path: path, cause: "there is no such file")
        }
        guard let lock = try FileLock.take(Self.lockPath(database), in: files) else {
            throw PanelStartError.database(
                path: database, cause: "a howdah-panel serves it; stop it first")
        }
        let fresh = database + ".restored"
        try files.remove(fresh)
        let summary = try copy(from: path, to: fresh)
        var setAside: String?
        if files.exists(database) {
            let aside = "\(database).before-restore-\(Int(now))"
            // With the pages that a panel left in its log.
            _ = try copy(from: database, to: aside)
            setAside = aside
        }
        for end in ["-wal", "-shm"] { try files.remove(database + end) }
        try files.renameDurably(fresh, to: database)
        _ = consume lock
        return (summary, setAside)
    }

    /// A relative path is one of the folder that the program was started in.
    static func absolute(_ path: String) -> String { URL(filePath: path).path }

    private func refuse(_ isWrong: Bool, _ path: String, _ cause: String) throws {
        if isWrong { throw PanelStartError.database(path: path, cause: cause) }
    }

    /// A whole copy under a name of its own until SQLite has found it sound.
    private func copy(from source: String, to path: String) throws -> Summary {
        let temporary = path + ".part"
        try files.remove(temporary)
        do {
            let summary = try Self.copy(from: source, through: temporary)
            try files.changeMode(temporary, 0o600)
            try files.renameDurably(temporary, to: path)
            return summary
        } catch {
            try? files.remove(temporary)
            throw error
        }
    }

    private static func copy(from source: String, through temporary: String) throws -> Summary {
        do {
            let from = try DatabaseQueue(
                path: source, configuration: configuration(isReadOnly: true))
            let to = try DatabaseQueue(path: temporary, configuration: configuration())
            try from.backup(to: to)
            try from.close()
            let summary = try to.writeWithoutTransaction { database in
                // One file, and no log beside it.
                _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
                return try check(database, file: temporary)
            }
            try to.close()
            return summary
        } catch let error as PanelStartError {
            throw error
        } catch {
            throw PanelStartError.database(path: source, cause: "\(error)")
        }
    }

    private static func check(_ database: Database, file: String) throws -> Summary {
        let sound = try String.fetchOne(database, sql: "PRAGMA integrity_check") ?? ""
        guard sound == "ok" else {
            let found = sound.split(separator: "\n").first { !$0.hasPrefix("***") } ?? ""
            throw DatabaseError(message: "it is damaged: \(found)")
        }
        guard try database.tableExists("panel"), try database.tableExists("grdb_migrations") else {
            throw DatabaseError(message: "it is no database of a panel")
        }
        guard try !Migrations.all.hasBeenSuperseded(database) else {
            throw DatabaseError(message: "a newer howdah-panel wrote it; use that one")
        }
        func count(_ table: String) throws -> Int {
            try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \(table)") ?? 0
        }
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        return Summary(
            clusters: try String.fetchAll(database, sql: "SELECT name FROM clusters ORDER BY name"),
            nodes: try count("nodes"), volumes: try count("claims"), bytes: pages * size)
    }

    private static func configuration(isReadOnly: Bool = false) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(PanelDatabase.busyLimitSeconds)
        configuration.publicStatementArguments = false
        return configuration
    }
}
