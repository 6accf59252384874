internal import CSolv
internal import Glibc

/// Which packages of a pool count at all: excludes, includes and version locks.
///
/// Owns the map that the pool points to; `end` comes before the pool is freed.
struct ConsideredPackages {
    private let pool: UnsafeMutablePointer<Pool>
    private let map: UnsafeMutablePointer<Map>

    init(_ pool: UnsafeMutablePointer<Pool>) {
        self.pool = pool
        map = .allocate(capacity: 1)
        map.initialize(to: Map())
    }

    func end() {
        pool.pointee.considered = nil
        map_free(map)
        map.deallocate()
    }

    func decide(_ input: SolverInput) {
        let policy = input.policy
        let isSelective = input.sources.contains { !$0.excludes.isEmpty || !$0.includes.isEmpty }
        guard isSelective || !policy.excludes.isEmpty || !policy.locks.isEmpty else { return }
        map_init(map, pool.pointee.nsolvables)
        map_setall(map)
        pool.pointee.considered = map
        for source in input.sources { apply(source, policy.excludes) }
        if !policy.locks.isEmpty { apply(locks: policy.locks.map(PackagePattern.init)) }
    }

    private func apply(_ source: SolverInput.Source, _ common: [String]) {
        let excludes = (source.excludes + common).map(PackagePattern.init)
        let includes = source.includes.map(PackagePattern.init)
        guard !excludes.isEmpty || !includes.isEmpty else { return }
        for id in available where name(ofRepository: id) == source.id {
            let names = PackageNames(pool, id)
            let isIncluded = includes.isEmpty || includes.contains { $0.matches(names) }
            if !isIncluded || excludes.contains(where: { $0.matches(names) }) { exclude(id) }
        }
    }

    /// As dnf's versionlock plugin does it: of names that a lock fits, only what fits; and nothing
    /// that replaces those.
    private func apply(locks: [PackagePattern]) {
        let all = Id(2)..<Id(pool.pointee.nsolvables)
        let locked = all.filter { id in
            guard pool_id2solvable(pool, id)?.pointee.repo != nil else { return false }
            let names = PackageNames(pool, id)
            return locks.contains { $0.matches(names) }
        }
        let names = Set(locked.map { pool.pointee.solvables[Int($0)].name })
        let fitting = Set(locked)
        for id in available where !fitting.contains(id) {
            let isOther = names.contains(pool.pointee.solvables[Int(id)].name)
            if isOther || replaces(id, one: locked) { exclude(id) }
        }
    }

    private func replaces(_ id: Id, one locked: [Id]) -> Bool {
        let obsoletes = IDQueue()
        solvable_lookup_deparray(
            pool_id2solvable(pool, id), Id(SOLVABLE_OBSOLETES.rawValue), &obsoletes.queue, 0)
        return obsoletes.ids.contains { dependency in
            locked.contains { pool_match_nevr(pool, pool_id2solvable(pool, $0), dependency) != 0 }
        }
    }

    private var available: [Id] {
        (Id(2)..<Id(pool.pointee.nsolvables)).filter { id in
            let repository = pool.pointee.solvables[Int(id)].repo
            return repository != nil && repository != pool.pointee.installed
        }
    }

    private func name(ofRepository id: Id) -> String {
        pool.pointee.solvables[Int(id)].repo.map { String(cString: $0.pointee.name) } ?? ""
    }

    /// libsolv's MAPCLR, a macro.
    private func exclude(_ id: Id) { map.pointee.map[Int(id >> 3)] &= ~(1 << UInt8(id & 7)) }
}

/// The names that a pattern may mean a package by.
struct PackageNames {
    let name: String
    private let architecture: String
    private let version: String

    init(_ pool: UnsafeMutablePointer<Pool>, _ id: Id) {
        let solvable = pool.pointee.solvables[Int(id)]
        name = String(cString: pool_id2str(pool, solvable.name))
        version = String(cString: pool_id2str(pool, solvable.evr))
        architecture = String(cString: pool_id2str(pool, solvable.arch))
    }

    init(name: String, version: String, architecture: String) {
        self.name = name
        self.version = version
        self.architecture = architecture
    }

    /// dnf's forms (hawkey's `HY_FORMS`), yum's with the epoch in front, and those of a version
    /// without its release.
    var all: [String] {
        let colon = version.firstIndex(of: ":")
        let bare = colon.map { String(version[version.index(after: $0)...]) } ?? version
        let epoch = colon.map { String(version[..<$0]) } ?? "0"
        let short = bare.prefix { $0 != "-" }
        let end = "." + architecture
        return [
            name, name + end, "\(name)-\(bare)", "\(name)-\(bare)\(end)",
            "\(name)-\(epoch):\(bare)", "\(name)-\(epoch):\(bare)\(end)", "\(name)-\(short)",
            "\(name)-\(epoch):\(short)", "\(epoch):\(name)-\(bare)",
            "\(epoch):\(name)-\(bare)\(end)",
        ]
    }
}

/// A pattern of packages with the shell's `*`, `?` and `[…]`.
struct PackagePattern {
    private let text: String
    /// What a name must start with so that any form of it can fit.
    private let start: String

    init(_ text: String) {
        self.text = text
        let plain = text.prefix { !"*?[\\:-".contains($0) }
        // A number in front may be yum's epoch.
        start = plain.allSatisfy(\.isNumber) ? "" : String(plain.prefix { $0 != "." })
    }

    func matches(_ names: PackageNames) -> Bool {
        guard names.name.hasPrefix(start) else { return false }
        return names.all.contains { fnmatch(text, $0, 0) == 0 }
    }
}
