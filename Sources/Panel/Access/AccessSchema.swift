/// Who may come in. Of passwords, tokens and sessions the database holds hashes alone.
enum AccessSchema {
    static let tables = """
        CREATE TABLE users (
            name TEXT PRIMARY KEY,
            role TEXT NOT NULL,
            passwordHash TEXT NOT NULL,
            createdAt REAL NOT NULL,
            disabledAt REAL
        ) STRICT;
        CREATE TABLE apiTokens (
            hash BLOB PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
            role TEXT NOT NULL,
            note TEXT,
            createdAt REAL NOT NULL,
            expiresAt REAL NOT NULL,
            usedAt REAL
        ) STRICT;
        CREATE INDEX apiTokensByUser ON apiTokens (user, expiresAt);
        CREATE TABLE sessions (
            hash BLOB PRIMARY KEY,
            user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
            createdAt REAL NOT NULL,
            seenAt REAL NOT NULL
        ) STRICT;
        CREATE INDEX sessionsByUser ON sessions (user, seenAt);
        """
}
