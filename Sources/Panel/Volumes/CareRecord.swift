internal import GRDB
internal import PanelAPI

/// An operation on a volume as it is stored, before each EC2 call that it leads to.
struct CareRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "volumeOperations"

    /// Also the value of the tag `howdah:operation` of its snapshot.
    var id: String
    var cluster: String
    var volumeID: String
    var kind: VolumeOperationOrder.Kind
    var state: VolumeOperation.State
    var snapshotID: String?
    var requestedBy: String
    var requestedAt: Double
    /// When EC2 was asked for the snapshot last; nil before.
    var askedAt: Double?
    var endedAt: Double?
    var problem: String?

    var operation: VolumeOperation {
        VolumeOperation(
            id: id, volumeID: volumeID, kind: kind, state: state, snapshotID: snapshotID,
            requestedBy: requestedBy, requestedAt: requestedAt, endedAt: endedAt,
            problem: problem)
    }
}

/// A volume that waits for the next node of a role.
struct OfferRecord: Codable, Sendable, Equatable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "volumeOffers"

    var volumeID: String
    var cluster: String
    var role: String
    var mount: String
    var zone: String
    var offeredBy: String
    var offeredAt: Double
}

enum CareSchema {
    static let tables = """
        CREATE TABLE volumeOperations (
            id TEXT PRIMARY KEY,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            volumeID TEXT NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            snapshotID TEXT,
            requestedBy TEXT NOT NULL,
            requestedAt REAL NOT NULL,
            askedAt REAL,
            endedAt REAL,
            problem TEXT
        ) STRICT;
        CREATE UNIQUE INDEX volumeOperationsUnderWay ON volumeOperations (volumeID)
            WHERE state = 'working';
        CREATE TABLE volumeOffers (
            volumeID TEXT PRIMARY KEY,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            role TEXT NOT NULL,
            mount TEXT NOT NULL,
            zone TEXT NOT NULL,
            offeredBy TEXT NOT NULL,
            offeredAt REAL NOT NULL
        ) STRICT;
        """
}
