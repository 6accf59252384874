public import RepoMetadata

/// Takes packages into a repository: `publish`, `add` and `promote`. What others published stays.
public struct MergeChange: RepositoryChange {
    public let verb: String
    public let offer: PackageOffer
    /// For messages.
    let store: String
    let replaces: Bool
    let deleteLimit: Int?
    /// Packages that are to go.
    private var removed = Set<PackageKey>()

    /// With `replaces`, a package takes the place of one of the same NEVRA under another path. With
    /// `deletingAtMost`, of what is there at first all that is not offered goes, if it is not more
    /// than that; what others add in the meantime stays.
    public init(
        verb: String, store: String, offer: PackageOffer, replaces: Bool = false,
        deletingAtMost deleteLimit: Int? = nil
    ) {
        self.verb = verb
        self.store = store
        self.offer = offer
        self.replaces = replaces
        self.deleteLimit = deleteLimit
    }

    public func begun(seeing records: [PackageRecord]) throws -> any RepositoryChange {
        guard let deleteLimit else { return self }
        var begun = self
        let offered = Set(offer.records.map(PackageKey.init))
        begun.removed = Set(records.map(PackageKey.init)).subtracting(offered)
        guard begun.removed.count <= deleteLimit else {
            throw PublishError.tooManyRemoved(
                store: store, count: begun.removed.count, limit: deleteLimit)
        }
        return begun
    }

    public func edit(_ records: [PackageRecord]) throws -> RepositoryEdit {
        var edit = RepositoryEdit()
        var there = Set<PackageKey>()
        var paths: [[UInt8]: Int] = [:]
        var names: [String: [Int]] = [:]
        for (index, record) in records.enumerated() {
            let key = PackageKey(record)
            if removed.contains(key) {
                edit.remove.insert(index)
                continue
            }
            there.insert(key)
            if record.base == nil { paths[record.location] = index }
            if replaces { names[record.nevra, default: []].append(index) }
        }
        let gone = Set(edit.remove.map { records[$0].location })
        for (index, record) in offer.records.enumerated() {
            let isNew = there.insert(PackageKey(record)).inserted
            if replaces {
                edit.remove.formUnion(
                    names[record.nevra, default: []].filter {
                        PackageKey(records[$0]) != PackageKey(record)
                            && records[$0].location != record.location
                    })
            }
            guard isNew else { continue }
            // Also one that goes with this very change: readers of the old index want it still.
            guard paths[record.location] == nil, !gone.contains(record.location) else {
                throw PublishError.otherContent(store: store, path: record.path)
            }
            edit.add.append(index)
        }
        return edit
    }
}
