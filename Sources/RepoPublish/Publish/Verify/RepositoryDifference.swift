internal import RepoMetadata

/// What one repository has and another has not.
public struct RepositoryDifference: Sendable, Codable, Hashable {
    /// Another version of the same name and architecture.
    public struct Change: Sendable, Codable, Hashable {
        /// NEVRAs.
        public let from: String
        public let to: String

        public init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// NEVRAs.
    public let added: [String]
    public let removed: [String]
    public let changed: [Change]
    /// The same NEVRA with other content.
    public let rebuilt: [String]

    public var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changed.isEmpty && rebuilt.isEmpty
    }

    /// Reads the metadata of both.
    public static func between(
        _ first: any ObjectStore, _ second: any ObjectStore
    ) async throws -> RepositoryDifference {
        async let one = read(first)
        let two = try await read(second)
        return RepositoryDifference(from: try await one, to: two)
    }

    private static func read(_ store: any ObjectStore) async throws -> [PackageRecord] {
        let remote = try await RemoteRepository.read(store)
        guard remote.repomd != nil else { throw PublishError.nothingThere(store: store.name) }
        return remote.state.records
    }

    /// Does no I/O. Where a name and architecture has one version that went and one that came, that
    /// is a change.
    init(from old: [PackageRecord], to new: [PackageRecord]) {
        let before = Dictionary(grouping: old, by: \.nevra)
        let after = Dictionary(grouping: new, by: \.nevra)
        rebuilt = before.keys.filter { name in
            guard let theirs = after[name], let ours = before[name] else { return false }
            return Set(ours.map(\.digest)) != Set(theirs.map(\.digest))
        }.sorted()
        let gone = before.filter { after[$0.key] == nil }.compactMap(\.value.first)
        let came = after.filter { before[$0.key] == nil }.compactMap(\.value.first)
        let goneByName = Dictionary(grouping: gone) { [$0.name, $0.arch] }
        let cameByName = Dictionary(grouping: came) { [$0.name, $0.arch] }
        var changes: [Change] = []
        for (name, ours) in goneByName {
            guard ours.count == 1, let theirs = cameByName[name], theirs.count == 1 else {
                continue
            }
            changes.append(Change(from: ours[0].nevra, to: theirs[0].nevra))
        }
        changed = changes.sorted { $0.from < $1.from }
        removed = Set(gone.map(\.nevra)).subtracting(changes.map(\.from)).sorted()
        added = Set(came.map(\.nevra)).subtracting(changes.map(\.to)).sorted()
    }
}
