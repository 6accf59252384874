public import RepoMetadata

/// Takes packages out of a repository's index: `remove`.
public struct RemoveChange: RepositoryChange {
    public let verb = "remove"
    public let offer = PackageOffer.none
    let store: String
    let patterns: [PackagePattern]
    let limit: Int

    /// At most `limit` packages may match.
    public init(store: String, patterns: [PackagePattern], atMost limit: Int) {
        self.store = store
        self.patterns = patterns
        self.limit = limit
    }

    /// A pattern that matches nothing is an error: it is likely misspelled.
    public func edit(_ records: [PackageRecord]) throws -> RepositoryEdit {
        let found = PackagePattern.find(patterns, in: records)
        if let index = found.firstIndex(where: \.isEmpty) {
            throw PublishError.noMatch(store: store, pattern: patterns[index].text)
        }
        let remove = found.reduce(into: Set()) { $0.formUnion($1) }
        guard remove.count <= limit else {
            throw PublishError.tooManyRemoved(store: store, count: remove.count, limit: limit)
        }
        return RepositoryEdit(remove: remove)
    }
}
