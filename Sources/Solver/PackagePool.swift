internal import CSolv
internal import Glibc

/// Owns a libsolv pool with the installed packages and those of the repositories.
struct PackagePool: ~Copyable {
    static let assumedName = "howdah-assumed"

    let pool: UnsafeMutablePointer<Pool>
    private let system: UnsafeMutablePointer<Repo>
    private let considered: ConsideredPackages

    private init(_ pool: UnsafeMutablePointer<Pool>, architecture: String, root: String) {
        self.pool = pool
        // Debian's libsolv would compare and match like dpkg: noarch packages vanish.
        pool_setdisttype(pool, Int32(DISTTYPE_RPM))
        pool_setarch(pool, architecture)
        pool_set_rootdir(pool, root)
        pool_set_flag(pool, Int32(POOL_FLAG_ADDFILEPROVIDESFILTERED), 1)
        // Packages of 32 bits beside those of 64, as Fedora's libsolv has it and Debian's has not.
        pool_set_flag(pool, Int32(POOL_FLAG_IMPLICITOBSOLETEUSESCOLORS), 1)
        system = repo_create(pool, "@System")
        pool_set_installed(pool, system)
        considered = ConsideredPackages(pool)
    }

    deinit {
        considered.end()
        pool_free(pool)
    }

    static func open(_ input: SolverInput) throws(SolverError) -> PackagePool {
        guard let pointer = pool_create() else {
            throw .unreadableDatabase(root: input.root, reason: "out of memory")
        }
        let pool = PackagePool(pointer, architecture: input.architecture, root: input.root)
        if input.hasDatabase { try pool.readDatabase(root: input.root) }
        try pool.assume(input.assumed)
        for source in input.sources { try RepositoryLoad(pool: pointer, source: source).load() }
        pool.considered.decide(input)
        pool_addfileprovides(pool.pool)
        pool_createwhatprovides(pool.pool)
        return pool
    }

    private func readDatabase(root: String) throws(SolverError) {
        guard repo_add_rpmdb(system, nil, REPO_USE_ROOTDIR) == 0 else {
            throw .unreadableDatabase(root: root, reason: String(cString: pool_errstr(pool)))
        }
    }

    /// Adds an installed package that no database has and that provides what is assumed.
    private func assume(_ capabilities: [String]) throws(SolverError) {
        guard !capabilities.isEmpty else { return }
        let solvable = pool_id2solvable(pool, repo_add_solvable(system))
        solvable?.pointee.name = pool_str2id(pool, Self.assumedName, 1)
        solvable?.pointee.evr = pool_str2id(pool, "0-0", 1)
        solvable?.pointee.arch = pool_str2id(pool, "noarch", 1)
        for capability in capabilities {
            let id = try dependency(capability)
            solvable_add_deparray(solvable, Id(SOLVABLE_PROVIDES.rawValue), id, 0)
        }
    }

    private func dependency(_ text: String) throws(SolverError) -> Id {
        let words = text.split(separator: " ")
        switch words.count {
        case 1:
            return pool_str2id(pool, String(words[0]), 1)
        case 3 where words[1] == "=":
            let name = pool_str2id(pool, String(words[0]), 1)
            let version = pool_str2id(pool, String(words[2]), 1)
            return pool_rel2id(pool, name, version, REL_EQ, 1)
        default:
            throw .badCapability(text)
        }
    }
}
