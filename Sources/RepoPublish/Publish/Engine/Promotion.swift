internal import RepoMetadata

/// Takes packages of one published repository into another: nothing is built or indexed again.
public struct Promotion: Sendable {
    let source: any ObjectStore
    let target: any ObjectStore
    let settings: ChangeSettings
    let replaces: Bool

    public init(
        source: any ObjectStore, target: any ObjectStore, settings: ChangeSettings,
        replaces: Bool = false
    ) {
        self.source = source
        self.target = target
        self.settings = settings
        self.replaces = replaces
    }

    /// `patterns` nil takes all packages.
    public func run(_ patterns: [PackagePattern]?, isDryRun: Bool) async throws -> PublishOutcome {
        let theirs = try await RemoteRepository.read(source)
        guard theirs.repomd != nil else { throw PublishError.nothingThere(store: source.name) }
        let state = theirs.state
        let chosen = try select(patterns, state.records)
        let offer = PackageOffer(
            records: chosen.map { state.records[$0] },
            origins: chosen.map { state.records[$0].base == nil ? .other : .elsewhere }
        ) { indexes in try state.pieces(indexes.map { chosen[$0] }) }
        let change = MergeChange(
            verb: "promote", store: target.name, offer: offer, replaces: replaces)
        let run = ChangeRun(store: target, change: change, settings: settings, source: source)
        return isDryRun ? try await run.dryRun() : try await run.run()
    }

    private func select(
        _ patterns: [PackagePattern]?, _ records: [PackageRecord]
    ) throws -> [Int] {
        guard let patterns else { return Array(records.indices) }
        let found = PackagePattern.find(patterns, in: records)
        if let index = found.firstIndex(where: \.isEmpty) {
            throw PublishError.noMatch(store: source.name, pattern: patterns[index].text)
        }
        return found.reduce(into: Set()) { $0.formUnion($1) }.sorted()
    }
}
