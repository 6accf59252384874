internal import Digests
internal import RepoMetadata

/// What becomes of each package that was found: taken over from an index, or read. Deciding it
/// reads nothing.
struct IndexPlan: Sendable {
    /// A package that another repository's index knows.
    struct Borrowed: Sendable, Hashable {
        /// Positions in the list of states and in that state's records.
        let state: Int
        let index: Int
    }

    /// Positions in the old state's records of what goes.
    private(set) var removed: Set<Int>
    private(set) var borrowed: [Borrowed] = []
    private(set) var read: [FoundPackage] = []

    /// `old` is this repository's own state, `others` are those that may be borrowed from. Where
    /// files' hashes are wanted, a package is taken over only if they are among `hashes`.
    init(
        _ found: [FoundPackage], old: RepositoryState, others: [RepositoryState],
        options: IndexOptions, hashes: HashedLists? = nil
    ) {
        func isSame(_ record: PackageRecord, _ package: FoundPackage) -> Bool {
            hashes?.contains(record.digest) != false && Self.isSame(record, package, options)
        }
        removed = Set(old.records.indices)
        let own = Self.places(old)
        let places = others.map(Self.places)
        for package in found {
            let location = Array(options.location.location(of: package.path).utf8)
            if let index = own[location], removed.contains(index),
                isSame(old.records[index], package)
            {
                removed.remove(index)
                continue
            }
            let borrowed = others.indices.lazy.compactMap { state -> Borrowed? in
                guard let index = places[state][location],
                    isSame(others[state].records[index], package)
                else { return nil }
                return Borrowed(state: state, index: index)
            }.first
            if let borrowed {
                self.borrowed.append(borrowed)
            } else {
                read.append(package)
            }
        }
    }

    private static func places(_ state: RepositoryState) -> [[UInt8]: Int] {
        Dictionary(
            state.records.enumerated().map { ($0.element.location, $0.offset) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Whether a record is still right about a file (createrepo_c's dumper_thread.c).
    private static func isSame(
        _ record: PackageRecord, _ package: FoundPackage, _ options: IndexOptions
    ) -> Bool {
        guard record.base == options.location.base.map({ Array($0.utf8) }),
            record.digest.algorithm == options.format.checksum,
            package.signed == nil || package.signed == record.digest
        else { return false }
        if options.update?.skipsStatus == true { return true }
        return record.size == package.size && record.fileTime == package.modified
    }
}

/// Packages of one name, epoch, version, release and architecture in a state.
struct Duplicates {
    private struct Identity: Hashable {
        let name: [UInt8]
        let arch: [UInt8]
        let evr: EVR
    }

    /// Positions in the state's records, more than one in each.
    let groups: [[Int]]
    private let records: [PackageRecord]

    init(_ records: [PackageRecord]) {
        self.records = records
        var found: [Identity: [Int]] = [:]
        found.reserveCapacity(records.count)
        for (index, record) in records.enumerated() {
            let identity = Identity(name: record.name, arch: record.arch, evr: record.evr)
            found[identity, default: []].append(index)
        }
        groups = found.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    }

    var packages: [DuplicatePackages] {
        groups.map { group in
            DuplicatePackages(
                package: records[group[0]].nevra,
                locations: group.map { String(decoding: records[$0].location, as: UTF8.self) })
        }
    }

    /// All but the one that was built last, or has the latest file, or comes last.
    var superseded: Set<Int> {
        var all: Set<Int> = []
        for group in groups {
            let last = group.reversed().max { one, two in
                let (one, two) = (records[one], records[two])
                return (one.buildTime, one.fileTime) < (two.buildTime, two.fileTime)
            }
            all.formUnion(group.filter { $0 != last })
        }
        return all
    }
}
