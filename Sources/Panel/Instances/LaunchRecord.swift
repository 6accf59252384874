internal import GRDB
internal import PanelAPI

/// A launch as it is stored, before each EC2 call that it leads to.
struct LaunchRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "launches"

    /// Also EC2's ClientToken and the value of the tag `howdah:launch`.
    var id: String
    var cluster: String
    var role: String
    var market: LaunchOrder.Market
    /// Nil for the default one.
    var subnetID: String?
    var state: Launch.State
    var instanceID: String?
    var requestedBy: String
    var reason: String
    var requestedAt: Double
    /// When it came into its state.
    var stateAt: Double
    /// When EC2 was asked last; nil before.
    var askedAt: Double?
    var problem: String?

    var launch: Launch {
        Launch(
            id: id, cluster: cluster, role: role, market: market, state: state,
            instanceID: instanceID, requestedBy: requestedBy, reason: reason,
            requestedAt: requestedAt, stateAt: stateAt, problem: problem)
    }
}

/// An instance's end as it is stored, before EC2 is asked for it.
struct TerminationRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "terminations"

    var instanceID: String
    var cluster: String
    var node: String
    var requestedBy: String
    var reason: String
    var requestedAt: Double
    var doneAt: Double?
    var problem: String?

    var termination: Termination {
        Termination(
            instanceID: instanceID, node: node, requestedBy: requestedBy,
            requestedAt: requestedAt, doneAt: doneAt, problem: problem)
    }
}

enum InstanceSchema {
    static let tables = """
        CREATE TABLE launches (
            id TEXT PRIMARY KEY,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            role TEXT NOT NULL,
            market TEXT NOT NULL,
            subnetID TEXT,
            state TEXT NOT NULL,
            instanceID TEXT UNIQUE,
            requestedBy TEXT NOT NULL,
            reason TEXT NOT NULL,
            requestedAt REAL NOT NULL,
            stateAt REAL NOT NULL,
            askedAt REAL,
            problem TEXT
        ) STRICT;
        CREATE INDEX launchesByState ON launches (cluster, state);
        CREATE TABLE terminations (
            instanceID TEXT PRIMARY KEY,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            node TEXT NOT NULL,
            requestedBy TEXT NOT NULL,
            reason TEXT NOT NULL,
            requestedAt REAL NOT NULL,
            doneAt REAL,
            problem TEXT
        ) STRICT;
        ALTER TABLE nodes ADD COLUMN life TEXT;
        ALTER TABLE nodes ADD COLUMN lifeSince REAL;
        """
}
