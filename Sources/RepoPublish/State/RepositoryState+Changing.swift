public import RepoMetadata

extension RepositoryState {
    /// Another state: without the packages at the positions `remove`, with `add`, which may come
    /// in any order.
    public func changing(
        remove: Set<Int>, add: [(PackageRecord, PackagePieces)]
    ) throws(StateError) -> RepositoryState {
        try changing(
            remove: remove, add: RepositoryState(packages: add, format: format))
    }

    /// Likewise, with all packages of another state.
    public func changing(
        remove: Set<Int>, add: RepositoryState
    ) throws(StateError) -> RepositoryState {
        if let wrong = remove.first(where: { !records.indices.contains($0) }) {
            throw .noSuchPackage(position: wrong)
        }
        if remove.isEmpty && add.records.isEmpty { return self }
        if records.isEmpty { return add }
        guard records.count - remove.count + add.records.count <= Self.maximumPackages else {
            throw .tooMany(limit: Self.maximumPackages)
        }
        let plan = ChangePlan(old: self, remove: remove, new: add)
        var old = RunCursor(self)
        var new = RunCursor(add)
        var changed: [PackageRecord] = []
        var runs: [Run] = []
        for segment in plan.segments {
            for item in segment.items {
                changed.append(item.isNew ? add.records[item.index] : records[item.index])
            }
            if let kept = segment.kept {
                runs.append(kept)
                continue
            }
            var builder = RunBuilder(format, count: segment.items.count)
            for item in segment.items {
                if item.isNew {
                    try new.copy(item.index, to: &builder)
                } else {
                    try old.copy(item.index, to: &builder)
                }
            }
            runs += builder.finish()
        }
        return RepositoryState(records: changed, runs: runs, format: format)
    }
}
