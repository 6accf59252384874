internal import Members
public import RepoMetadata

/// What a repository's index says, as a value: its packages in createrepo_c's order, each with its
/// piece of the three metadata files, byte for byte as it was. The pieces stay compressed, in runs
/// of packages; a change makes anew only the runs that it touches.
public struct RepositoryState: Sendable {
    public static let maximumPackages = 1_000_000
    /// Bytes of one metadata file when decompressed.
    static let maximumOpenSize = 16 << 30

    public static let empty = RepositoryState(records: [], runs: [], format: .gzip)

    public let records: [PackageRecord]
    let runs: [Run]
    /// Of runs that are made from now on.
    let format: MemberFormat
    /// Known where the state was made in one go.
    var openDigests: OpenDigests?

    /// `records` must be in order, and as many as the runs have.
    init(
        records: [PackageRecord], runs: [Run], format: MemberFormat,
        openDigests: OpenDigests? = nil
    ) {
        self.records = records
        self.runs = runs
        self.format = format
        self.openDigests = openDigests
    }

    /// The packages in any order.
    init(
        packages: [(PackageRecord, PackagePieces)], format: MemberFormat
    ) throws(StateError) {
        guard packages.count <= Self.maximumPackages else {
            throw .tooMany(limit: Self.maximumPackages)
        }
        let sorted = packages.sorted { PackageRecord.precedes($0.0, $1.0) }
        var builder = RunBuilder(format, count: sorted.count)
        for (_, pieces) in sorted { builder.append(pieces) }
        self.init(records: sorted.map(\.0), runs: builder.finish(), format: format)
    }

    /// The pieces of the packages at these positions of `records`, in the order of `indexes`.
    public func pieces(_ indexes: [Int]) throws(StateError) -> [PackagePieces] {
        var found = [PackagePieces?](repeating: nil, count: indexes.count)
        var cursor = RunCursor(self)
        let order = indexes.indices.sorted { indexes[$0] < indexes[$1] }
        for place in order {
            guard records.indices.contains(indexes[place]) else {
                throw .noSuchPackage(position: indexes[place])
            }
            found[place] = try cursor.pieces(indexes[place])
        }
        return found.compactMap(\.self)
    }

    /// Where each run's packages are in `records`.
    var runRanges: [Range<Int>] {
        var start = 0
        return runs.map { run in
            defer { start += run.count }
            return start..<(start + run.count)
        }
    }
}

/// Cuts packages that come in order into runs.
struct RunBuilder: ~Copyable {
    private var codec: RunCodec
    private var open = OpenRun()
    private let target: Int
    private var runs: [Run] = []

    /// `count` packages are cut evenly.
    init(_ format: MemberFormat, count: Int) {
        codec = RunCodec(format)
        target = Self.target(count)
    }

    /// How many packages a run gets where there are `count`.
    static func target(_ count: Int) -> Int {
        if count <= Run.maximumCount { return Run.maximumCount }
        let parts = (count + Run.usualCount - 1) / Run.usualCount
        return (count + parts - 1) / parts
    }

    mutating func append(_ pieces: PackagePieces) {
        open.append(pieces)
        if open.count == target || open.isLarge { flush() }
    }

    mutating func append(_ source: borrowing CutRun, _ index: Int) {
        open.append(source, index)
        if open.count == target || open.isLarge { flush() }
    }

    private mutating func flush() {
        if open.count == 0 { return }
        runs.append(codec.close(open))
        open = OpenRun()
    }

    mutating func finish() -> [Run] {
        flush()
        return runs
    }
}

/// Goes through a state's packages and keeps the run that it is in open.
struct RunCursor: ~Copyable {
    private let records: [PackageRecord]
    private let runs: [Run]
    private let ranges: [Range<Int>]
    private var codec: RunCodec
    private var current: Int?
    private var open: CutRun?

    init(_ state: RepositoryState) {
        records = state.records
        runs = state.runs
        ranges = state.runRanges
        codec = RunCodec(state.format)
    }

    mutating func pieces(_ index: Int) throws(StateError) -> PackagePieces {
        let place = try enter(index)
        guard let pieces = open?.pieces(place) else { throw .noSuchPackage(position: index) }
        return pieces
    }

    mutating func copy(_ index: Int, to builder: inout RunBuilder) throws(StateError) {
        let place = try enter(index)
        switch open {
        case .some(let run): builder.append(run, place)
        case .none: throw .noSuchPackage(position: index)
        }
    }

    /// Opens the run that a package is in; returns its place there.
    private mutating func enter(_ index: Int) throws(StateError) -> Int {
        if let current, ranges[current].contains(index) {
            return index - ranges[current].lowerBound
        }
        guard let number = Self.search(ranges, index) else {
            throw .noSuchPackage(position: index)
        }
        var bytes = PerFile<[UInt8]> { _ in [] }
        for file in MetadataFile.allCases {
            do {
                bytes[file] = try codec.open(runs[number].members[file])
            } catch {
                throw .damaged(file: file, reason: "\(error)")
            }
            if !runs[number].isChecked && file != .primary {
                try PackageCheck.check(file, bytes[file], records[ranges[number]])
            }
        }
        guard let run = CutRun(bytes), run.count == runs[number].count else {
            throw .damaged(file: .primary, reason: "a run of packages is none")
        }
        open = consume run
        current = number
        return index - ranges[number].lowerBound
    }

    private static func search(_ ranges: [Range<Int>], _ index: Int) -> Int? {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= index { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(index) ? low : nil
    }
}
