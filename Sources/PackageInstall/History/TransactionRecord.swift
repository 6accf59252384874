/// What is kept of one transaction, from before its start: the history, and what the next run needs
/// to finish one that was cut off.
public struct TransactionRecord: Sendable, Hashable, Codable {
    public enum Result: String, Sendable, Hashable, Codable {
        /// It goes on, or it was cut off.
        case begun
        case done
        /// Cut off, and finished by a later run.
        case finishedLater = "finished-later"
        /// Cut off before it changed anything.
        case nothingChanged = "nothing-changed"
        /// librpm objected or failed; `error` says how.
        case failed
    }

    /// A package that comes in.
    public struct Package: Sendable, Hashable, Codable {
        public var identity: String
        public var repository: String
        /// The name of its file in the cache.
        public var file: String
        public var digest: String
        /// Its path in the repository, should the cache have lost it.
        public var location: String?
        /// Whether older versions of it stay.
        public var isBesideOthers = false
    }

    /// Counts from 1.
    public var number: Int
    /// Such as `install hadoop-hdfs-datanode`.
    public var asked: String
    /// Seconds since 1970.
    public var begun: Int64
    public var ended: Int64?
    public var result = Result.begun
    public var error: String?
    public var packages: [Package] = []
    public var installed: [String] = []
    public var upgraded: [InstallOutcome.Upgrade] = []
    public var removed: [String] = []
    public var assumed: [String] = []
    /// Whether there was no database of packages before.
    public var isFirst = false
    /// The machine's start that it began after (`/proc/sys/kernel/random/boot_id`), once it changes
    /// anything.
    public var boot: String?
    /// Whether its files are on the disk for sure only when it is done.
    public var syncsAtEnd: Bool?

    /// Whether the power may have gone while files were in memory alone: any package of it,
    /// whatever the database says, may be torn.
    func mayBeTorn(now boot: String) -> Bool {
        syncsAtEnd == true && (boot.isEmpty || self.boot != boot)
    }
}

extension TransactionRecord: CustomStringConvertible {
    public var description: String {
        let changes = [
            (installed.count, "installed"), (upgraded.count, "upgraded"),
            (removed.count, "removed"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        return "\(number)  \(asked)  \(changes)  \(error ?? result.rawValue)"
    }
}
