public import RepoMetadata

/// Keeps the newest versions of each package (by name and architecture) and takes the others out
/// of the index: `prune`.
public struct PruneChange: RepositoryChange {
    public let verb = "prune"
    public let offer = PackageOffer.none
    let store: String
    let keep: Int
    let builtBefore: Int64?
    let limit: Int

    /// `keep` versions stay. With `builtBefore`, in seconds since 1970, younger ones stay too. At
    /// most `limit` packages go.
    public init(store: String, keep: Int, builtBefore: Int64?, atMost limit: Int) {
        self.store = store
        self.keep = max(1, keep)
        self.builtBefore = builtBefore
        self.limit = limit
    }

    public func edit(_ records: [PackageRecord]) throws -> RepositoryEdit {
        let groups = Dictionary(grouping: records.indices) {
            [records[$0].name, records[$0].arch]
        }
        var remove = Set<Int>()
        for members in groups.values where members.count > keep {
            let sorted = members.sorted {
                VersionOrder.compare(records[$0].evr, records[$1].evr) > 0
            }
            // A version that is there under two paths counts once.
            var versions = 0
            var last: EVR?
            for index in sorted {
                let evr = records[index].evr
                if last.map({ VersionOrder.compare($0, evr) != 0 }) ?? true { versions += 1 }
                last = evr
                let isOld = builtBefore.map { records[index].buildTime < $0 } ?? true
                if versions > keep && isOld { remove.insert(index) }
            }
        }
        guard remove.count <= limit else {
            throw PublishError.tooManyRemoved(store: store, count: remove.count, limit: limit)
        }
        return RepositoryEdit(remove: remove)
    }
}

extension VersionOrder {
    /// rpm's order of whole versions: epoch, version, release (rpmVersionCompare).
    static func compare(_ first: EVR, _ second: EVR) -> Int {
        let (one, two) = (epoch(first), epoch(second))
        if one != two { return one < two ? -1 : 1 }
        let order = compare(first.version, second.version)
        return order != 0 ? order : compare(first.release, second.release)
    }

    private static func epoch(_ evr: EVR) -> UInt64 {
        UInt64(String(decoding: evr.epoch, as: UTF8.self)) ?? 0
    }
}
