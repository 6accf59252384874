/// What is left to do of a transaction that was cut off. Does no I/O.
struct Recovery: Sendable, Hashable {
    /// Not in the database.
    private(set) var installs: [TransactionRecord.Package] = []
    /// In the database, but nobody knows whether their scripts have run.
    private(set) var reinstalls: [TransactionRecord.Package] = []
    /// What should have gone, by number in the database.
    private(set) var removals: [UInt32] = []
    /// Whether all is as it was before.
    private(set) var isUntouched = false

    /// - Parameters:
    ///   - present: the database's packages, and their numbers.
    ///   - finished: packages that were noted as whole.
    ///   - lostDatabase: whether a first transaction's database was half made and is gone.
    ///   - isTorn: whether none of its files can be relied on.
    init(
        _ record: TransactionRecord, present: [String: UInt32], finished: Set<String>,
        lostDatabase: Bool, isTorn: Bool
    ) {
        for package in record.packages {
            if present[package.identity] == nil {
                installs.append(package)
            } else if isTorn || !finished.contains(package.identity) {
                reinstalls.append(package)
            }
        }
        let gone = record.removed + record.upgraded.map(\.from)
        removals = gone.compactMap { present[$0] }
        isUntouched =
            !lostDatabase && !isTorn && installs.count == record.packages.count
            && removals.count == gone.count
    }

    var isComplete: Bool { installs.isEmpty && reinstalls.isEmpty && removals.isEmpty }
}
