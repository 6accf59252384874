internal import RepoMetadata

/// Which runs of a change are kept and which are made anew. Decides on records alone.
struct ChangePlan {
    /// A package of the old state or of the one that comes.
    struct Item {
        let isNew: Bool
        let index: Int
    }

    struct Segment {
        var items: [Item]
        /// The run that these packages are already, as they are.
        var kept: Run?
    }

    private(set) var segments: [Segment] = []
    private let old: RepositoryState
    private let remove: Set<Int>
    private let new: RepositoryState
    private let newRanges: [Range<Int>]

    /// `old` must not be empty.
    init(old: RepositoryState, remove: Set<Int>, new: RepositoryState) {
        self.old = old
        self.remove = remove
        self.new = new
        newRanges = new.runRanges
        let ranges = old.runRanges
        var next = place(from: 0, before: old.records[0])
        addBetween(0..<next, to: nil)
        for (number, range) in ranges.enumerated() {
            let last = place(from: next, before: old.records[range.upperBound - 1])
            let end =
                number + 1 < ranges.count
                ? place(from: last, before: old.records[range.upperBound]) : new.records.count
            addBetween(last..<end, to: (number, range, next..<last))
            next = end
        }
        join()
    }

    /// The first new package from `start` on that does not come before `record`.
    private func place(from start: Int, before record: PackageRecord) -> Int {
        var place = start
        while place < new.records.count, PackageRecord.precedes(new.records[place], record) {
            place += 1
        }
        return place
    }

    /// Adds an old run with the new packages inside it, then those that come after it and before
    /// the next one: where there are whole runs of them, these are kept.
    private mutating func addBetween(
        _ between: Range<Int>, to run: (number: Int, range: Range<Int>, inside: Range<Int>)?
    ) {
        let whole = newRanges.indices.filter {
            newRanges[$0].lowerBound >= between.lowerBound
                && newRanges[$0].upperBound <= between.upperBound
        }
        let count = whole.reduce(0) { $0 + newRanges[$1].count }
        let hasWhole = count >= Run.minimumCount
        let first = whole.first.map { newRanges[$0].lowerBound } ?? between.upperBound
        let last = whole.last.map { newRanges[$0].upperBound } ?? between.upperBound
        let lead = between.lowerBound..<(hasWhole ? first : between.upperBound)
        if let run {
            segments.append(merged(run.number, run.range, run.inside.lowerBound..<lead.upperBound))
        } else {
            segments.append(Segment(items: lead.map { Item(isNew: true, index: $0) }))
        }
        guard hasWhole else { return }
        for number in whole {
            let items = newRanges[number].map { Item(isNew: true, index: $0) }
            segments.append(Segment(items: items, kept: new.runs[number]))
        }
        let rest = (last..<between.upperBound).map { Item(isNew: true, index: $0) }
        segments.append(Segment(items: rest))
    }

    /// An old run's packages that stay, with new ones between and after them.
    private func merged(_ number: Int, _ range: Range<Int>, _ added: Range<Int>) -> Segment {
        var items: [Item] = []
        items.reserveCapacity(range.count + added.count)
        var next = added.lowerBound
        for index in range where !remove.contains(index) {
            while next < added.upperBound,
                PackageRecord.precedes(new.records[next], old.records[index])
            {
                items.append(Item(isNew: true, index: next))
                next += 1
            }
            items.append(Item(isNew: false, index: index))
        }
        items += (next..<added.upperBound).map { Item(isNew: true, index: $0) }
        let isSame = added.isEmpty && items.count == range.count
        return Segment(items: items, kept: isSame ? old.runs[number] : nil)
    }

    /// Joins a run that was touched and is small now with a neighbour.
    private mutating func join() {
        func isSmall(_ segment: Segment) -> Bool {
            segment.kept == nil && segment.items.count < Run.minimumCount
        }
        var joined: [Segment] = []
        for segment in segments where !segment.items.isEmpty {
            if let last = joined.last, isSmall(last) || isSmall(segment) {
                joined[joined.count - 1] = Segment(items: last.items + segment.items)
            } else {
                joined.append(segment)
            }
        }
        segments = joined
    }
}
