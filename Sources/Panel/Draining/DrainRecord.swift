internal import GRDB
internal import PanelAPI

/// A drain as it is stored, before anything outside follows from it.
struct DrainRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "drains"

    var id: String
    var cluster: String
    var instanceID: String
    var node: String
    var state: DrainView.State
    /// Goes up with each change: who decided on an older one begins anew.
    var revision = 0
    var sentence: String
    var stall: String?
    var blocksLeft: Int?
    var blocksAtStart: Int?
    /// JSON of the paths.
    var openFiles: [String]?
    var plan: DrainPlan?
    /// Looks in a row that found what the state waits for.
    var confirmations = 0
    /// Since when the state has not got on.
    var progressAt: Double
    /// When it was taken out of the list of the excluded, after its end.
    var releasedAt: Double?
    var requestedBy: String
    var reason: String
    var startedAt: Double
    var changedAt: Double
    var endedAt: Double?

    /// Nothing is launched beside a node that could be had back.
    func checkMayLaunch() throws(Refusal) {
        guard state.isCancellable else { return }
        throw Refusal.conflict(
            "drain-under-way",
            "'\(node)' is being drained (\(state.rawValue)): take it back with "
                + "'howdah cluster cancel-drain \(node)' before anything is launched")
    }

    var view: DrainView {
        DrainView(
            id: id, cluster: cluster, instanceID: instanceID, node: node, state: state,
            sentence: sentence, stall: stall, blocksLeft: blocksLeft,
            blocksAtStart: blocksAtStart, openFiles: openFiles, plan: plan,
            requestedBy: requestedBy, reason: reason, startedAt: startedAt,
            changedAt: changedAt, endedAt: endedAt)
    }
}

enum DrainSchema {
    /// `nodes.drain` is the state of the node's latest drain.
    static let tables = """
        CREATE TABLE drains (
            id TEXT PRIMARY KEY,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            instanceID TEXT NOT NULL REFERENCES nodes (instanceID),
            node TEXT NOT NULL,
            state TEXT NOT NULL,
            revision INTEGER NOT NULL,
            sentence TEXT NOT NULL,
            stall TEXT,
            blocksLeft INTEGER,
            blocksAtStart INTEGER,
            openFiles TEXT,
            plan TEXT,
            confirmations INTEGER NOT NULL,
            progressAt REAL NOT NULL,
            releasedAt REAL,
            requestedBy TEXT NOT NULL,
            reason TEXT NOT NULL,
            startedAt REAL NOT NULL,
            changedAt REAL NOT NULL,
            endedAt REAL
        ) STRICT;
        CREATE UNIQUE INDEX drainsUnderWay ON drains (cluster) WHERE endedAt IS NULL;
        CREATE INDEX drainsByTime ON drains (cluster, startedAt);
        ALTER TABLE nodes ADD COLUMN drain TEXT;
        """
}
