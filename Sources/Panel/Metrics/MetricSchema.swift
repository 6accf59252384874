/// Where metrics are kept. Times are milliseconds since 1970, so that they are whole.
enum MetricSchema {
    /// `metricRaw`: what was measured at one moment on one host, all metrics in one row.
    /// `metricSpans`: lowest, highest, mean and count over `seconds`, likewise.
    /// `metricStale`: spans whose sums are to be made anew, since something came for them.
    static let tables = """
        CREATE TABLE metricHosts (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            firstAt INTEGER NOT NULL,
            lastAt INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE metricNames (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE metricRaw (
            host INTEGER NOT NULL,
            at INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (host, at)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE metricSpans (
            seconds INTEGER NOT NULL,
            host INTEGER NOT NULL,
            at INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (seconds, host, at)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE metricStale (
            seconds INTEGER NOT NULL,
            at INTEGER NOT NULL,
            host INTEGER NOT NULL,
            PRIMARY KEY (seconds, at, host)
        ) STRICT, WITHOUT ROWID;
        """
}
