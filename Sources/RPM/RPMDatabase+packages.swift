internal import CRPM
internal import Glibc

extension RPMDatabase {
    /// More packages than a system has.
    static let maximumPackages = 1_000_000

    /// The identities (`name-[epoch:]version-release.arch`) of what is installed, and their
    /// numbers.
    /// To be called inside ``RPMLibrary/run(_:)`` alone.
    public static func packages(root: String) -> [String: UInt32] {
        guard exists(root: root) else { return [:] }
        return withPath(root: root) {
            guard let transaction = rpmtsCreate() else { return [:] }
            defer { rpmtsFree(transaction) }
            guard rpmtsSetRootDir(transaction, root.isEmpty ? "/" : root) == 0 else { return [:] }
            return packages(transaction)
        }
    }

    private static func packages(_ transaction: rpmts) -> [String: UInt32] {
        let iterator = rpmtsInitIterator(
            transaction, rpmDbiTagVal(RPMDBI_PACKAGES.rawValue), nil, 0)
        defer { rpmdbFreeIterator(iterator) }
        var found: [String: UInt32] = [:]
        while found.count < maximumPackages, let header = rpmdbNextIterator(iterator) {
            guard let text = headerGetAsString(header, rpmTagVal(RPMTAG_NEVRA.rawValue)) else {
                continue
            }
            defer { free(text) }
            found[String(cString: text)] = rpmdbGetIteratorOffset(iterator)
        }
        return found
    }
}
