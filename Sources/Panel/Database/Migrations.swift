internal import GRDB

/// The schema, as the steps that led to it. A step that was released is never changed.
/// Times are seconds since 1970, as reals.
enum Migrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: clusters, nodes, tokens") { database in
            try database.execute(sql: nodes)
        }
        migrator.registerMigration("1: volumes") { database in
            try database.execute(sql: volumes)
        }
        migrator.registerMigration("1: leaves, boots, audit") { database in
            try database.execute(sql: records)
        }
        migrator.registerMigration("2: formats that were cut off") { database in
            try database.execute(sql: formats)
        }
        migrator.registerMigration("3: zones by id") { database in
            try database.execute(sql: "ALTER TABLE nodes ADD COLUMN zoneID TEXT")
        }
        migrator.registerMigration("4: metrics") { database in
            try database.execute(sql: MetricSchema.tables)
        }
        migrator.registerMigration("5: one-time tokens, keys of nodes") { database in
            try database.execute(sql: passes)
        }
        migrator.registerMigration("5: what nodes measure") { database in
            try database.execute(sql: news)
        }
        migrator.registerMigration("6: instances that the panel starts") { database in
            try database.execute(sql: InstanceSchema.tables)
        }
        migrator.registerMigration("6: operations on volumes") { database in
            try database.execute(sql: CareSchema.tables)
        }
        migrator.registerMigration("6: people") { database in
            try database.execute(sql: AccessSchema.tables)
        }
        migrator.registerMigration("7: the autoscaler's decisions") { database in
            try database.execute(sql: DecisionRepository.tables)
        }
        migrator.registerMigration("7: the last boot of each node") { database in
            try database.execute(
                sql: """
                    CREATE INDEX bootsByTime ON boots (instanceID, receivedAt, bootID, outcome)
                    """)
        }
        migrator.registerMigration("8: nodes that are drained") { database in
            try database.execute(sql: DrainSchema.tables)
        }
        migrator.registerMigration("8: what pages show") { database in
            try database.execute(sql: ClusterHistory.tables)
            try database.execute(sql: AuditLog.index)
        }
        migrator.registerMigration("8: how long boots took") { database in
            try database.execute(
                sql: """
                    ALTER TABLE boots ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
                    UPDATE boots SET
                    seconds = coalesce(json_extract(CAST(report AS TEXT), '$.seconds'), 0);
                    DROP INDEX bootsByTime;
                    CREATE INDEX bootsByTime
                    ON boots (instanceID, receivedAt, bootID, outcome, seconds);
                    """)
        }
        migrator.registerMigration("8: runs of the balancer") { database in
            try database.execute(sql: BalanceSchema.tables)
        }
        migrator.registerMigration("9: the last boot beside its node") { database in
            try database.execute(sql: lastBoots)
        }
        migrator.registerMigration("9: what the cloud has in mind") { database in
            try database.execute(sql: NodeNotices.index)
        }
        return migrator
    }

    /// Every look at a cluster and every decision needs the last boot of every node.
    private static let lastBoots = """
        ALTER TABLE nodes ADD COLUMN lastBootID TEXT;
        ALTER TABLE nodes ADD COLUMN lastBootOutcome TEXT;
        ALTER TABLE nodes ADD COLUMN lastBootSeconds REAL;
        ALTER TABLE nodes ADD COLUMN lastBootAt REAL;
        UPDATE nodes SET (lastBootID, lastBootOutcome, lastBootSeconds, lastBootAt) = (
            SELECT bootID, outcome, seconds, receivedAt FROM boots
            WHERE boots.instanceID = nodes.instanceID
            ORDER BY receivedAt DESC, bootID DESC LIMIT 1);
        DROP INDEX bootsByTime;
        """

    /// What each node told last, as JSON of `NodeNews`.
    private static let news = """
        CREATE TABLE news (
            instanceID TEXT PRIMARY KEY REFERENCES nodes (instanceID) ON DELETE CASCADE,
            latest BLOB NOT NULL,
            receivedAt REAL NOT NULL
        ) STRICT;
        """

    /// Of a one-time token its hash alone.
    private static let passes = """
        CREATE TABLE enrolmentTokens (
            hash BLOB PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            role TEXT NOT NULL,
            instanceID TEXT,
            address TEXT,
            createdAt REAL NOT NULL,
            expiresAt REAL NOT NULL,
            usedAt REAL,
            usedBy TEXT
        ) STRICT;
        CREATE TABLE nodeKeys (
            instanceID TEXT PRIMARY KEY REFERENCES nodes (instanceID) ON DELETE CASCADE,
            publicKey BLOB NOT NULL,
            role TEXT NOT NULL,
            tokenID TEXT NOT NULL,
            boundAt REAL NOT NULL
        ) STRICT;
        """

    /// `setAside` keeps the volumes on which a format was cut off, for an operator to look at.
    /// `releasedAt`: EC2 was seen to have it off the instance.
    private static let formats = """
        ALTER TABLE claims ADD COLUMN formatVolumeID TEXT;
        ALTER TABLE claims ADD COLUMN formatType TEXT;
        ALTER TABLE claims ADD COLUMN formatUUID TEXT;
        CREATE TABLE setAside (
            volumeID TEXT PRIMARY KEY,
            claimID TEXT NOT NULL REFERENCES claims (id),
            found TEXT NOT NULL,
            at REAL NOT NULL,
            releasedAt REAL
        ) STRICT;
        """

    /// A name belongs to one instance until EC2 says that the instance is terminated.
    private static let nodes = """
        CREATE TABLE panel (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            serverID TEXT NOT NULL
        ) STRICT;
        CREATE TABLE clusters (
            name TEXT PRIMARY KEY,
            createdAt REAL NOT NULL
        ) STRICT;
        CREATE TABLE nodes (
            instanceID TEXT PRIMARY KEY,
            cluster TEXT NOT NULL REFERENCES clusters (name),
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            address TEXT NOT NULL,
            hostname TEXT NOT NULL,
            zone TEXT NOT NULL,
            cloudState TEXT NOT NULL,
            bootID TEXT,
            sequence INTEGER NOT NULL DEFAULT 0,
            load1 REAL,
            loadIsHostWide INTEGER NOT NULL DEFAULT 0,
            enrolledAt REAL NOT NULL,
            seenAt REAL NOT NULL,
            heartbeatAt REAL,
            missingSince REAL,
            goneAt REAL,
            retiredAt REAL
        ) STRICT;
        CREATE UNIQUE INDEX nodesByName ON nodes (cluster, name) WHERE retiredAt IS NULL;
        CREATE TABLE tokens (
            hash BLOB PRIMARY KEY,
            instanceID TEXT NOT NULL REFERENCES nodes (instanceID) ON DELETE CASCADE,
            expiresAt REAL NOT NULL
        ) STRICT;
        CREATE INDEX tokensByInstance ON tokens (instanceID, expiresAt);
        CREATE TABLE masters (
            cluster TEXT PRIMARY KEY REFERENCES clusters (name),
            instanceID TEXT NOT NULL REFERENCES nodes (instanceID),
            address TEXT NOT NULL,
            hostname TEXT NOT NULL,
            generation INTEGER NOT NULL
        ) STRICT;
        """

    /// `attachments` remembers every instance that a volume was ever meant to go to.
    private static let volumes = """
        CREATE TABLE claims (
            id TEXT PRIMARY KEY,
            instanceID TEXT NOT NULL REFERENCES nodes (instanceID),
            mount TEXT NOT NULL,
            sizeGiB INTEGER NOT NULL,
            type TEXT NOT NULL,
            zone TEXT NOT NULL,
            state TEXT NOT NULL,
            volumeID TEXT,
            device TEXT,
            generation INTEGER NOT NULL,
            firstUse INTEGER NOT NULL,
            filesystemType TEXT,
            filesystemUUID TEXT,
            error TEXT,
            createdAt REAL NOT NULL,
            stateAt REAL NOT NULL,
            UNIQUE (instanceID, mount)
        ) STRICT;
        CREATE INDEX claimsByState ON claims (state);
        CREATE TABLE attachments (
            volumeID TEXT NOT NULL,
            instanceID TEXT NOT NULL,
            at REAL NOT NULL,
            PRIMARY KEY (volumeID, instanceID)
        ) STRICT;
        """

    /// The audit log takes new lines and nothing else.
    private static let records = """
        CREATE TABLE leaves (
            cluster TEXT NOT NULL REFERENCES clusters (name),
            name TEXT NOT NULL,
            instanceID TEXT NOT NULL REFERENCES nodes (instanceID),
            grantedAt REAL NOT NULL,
            doneAt REAL,
            PRIMARY KEY (cluster, name)
        ) STRICT;
        CREATE TABLE boots (
            instanceID TEXT NOT NULL REFERENCES nodes (instanceID) ON DELETE CASCADE,
            bootID TEXT NOT NULL,
            outcome TEXT NOT NULL,
            report BLOB NOT NULL,
            receivedAt REAL NOT NULL,
            PRIMARY KEY (instanceID, bootID)
        ) STRICT;
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at REAL NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE INDEX auditByAction ON audit (action, at);
        CREATE TRIGGER auditIsNotChanged BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER auditIsNotDeleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """
}
