internal import CSolv
internal import Glibc

/// Brings one repository's packages into a pool.
struct RepositoryLoad {
    let pool: UnsafeMutablePointer<Pool>
    let source: SolverInput.Source

    func load() throws(SolverError) {
        guard let repository = repo_create(pool, source.id) else {
            throw failure("primary", "out of memory")
        }
        // libsolv prefers the higher numbers.
        repository.pointee.priority = -source.priority
        repository.pointee.subpriority = -source.cost
        switch source.content {
        case .cached(let path):
            try load(path, into: repository)
        case .metadata(let primary, let filelists, let keepAt):
            try read(primary, "primary", into: repository, flags: 0)
            if let filelists {
                try read(filelists, "filelists", into: repository, flags: REPO_EXTEND_SOLVABLES)
            }
            // What grew while it was read is as large once more.
            malloc_trim(0)
            if let keepAt { keep(repository, at: keepAt) }
            malloc_trim(0)
        }
    }

    private func load(
        _ path: String, into repository: UnsafeMutablePointer<Repo>
    ) throws(SolverError) {
        guard let file = fopen(path, "re") else { throw .unreadableCache(path: path) }
        defer { fclose(file) }
        // It is read byte by byte, and by nobody else.
        __fsetlocking(file, Int32(FSETLOCKING_BYCALLER))
        guard repo_add_solv(repository, file, 0) == 0 else { throw .unreadableCache(path: path) }
    }

    private func read(
        _ metadata: SolverInput.Metadata, _ type: String,
        into repository: UnsafeMutablePointer<Repo>, flags: Int32
    ) throws(SolverError) {
        let stream: MetadataStream
        do {
            stream = MetadataStream(try metadata())
        } catch {
            throw failure(type, "\(error)")
        }
        let code = stream.withFile { repo_add_rpmmd(repository, $0, nil, flags) }
        if let error = stream.failure { throw failure(type, "\(error)") }
        guard code == 0 else { throw failure(type, String(cString: pool_errstr(pool))) }
    }

    private func failure(_ type: String, _ reason: String) -> SolverError {
        .unreadableMetadata(repository: source.id, type: type, reason: reason)
    }

    private func write(
        _ repository: UnsafeMutablePointer<Repo>, _ file: UnsafeMutablePointer<FILE>
    ) -> Bool {
        repo_write_filtered(repository, file, Self.needed, nil, nil) == 0
            && fflush(file) == 0 && fsync(fileno(file)) == 0
    }

    /// Only what is ever asked for is kept, and what people alone read is left on the disk until
    /// then.
    private static let needed:
        @convention(c) (
            UnsafeMutablePointer<Repo>?, UnsafeMutablePointer<Repokey>?, UnsafeMutableRawPointer?
        ) -> Int32 = { repository, key, data in
            guard let name = key?.pointee.name else { return KEY_STORAGE_DROPPED }
            let standard = repo_write_stdkeyfilter(repository, key, data)
            if unneeded.contains(UInt32(name)) { return KEY_STORAGE_DROPPED }
            let isForPeople = name == Id(SOLVABLE_SUMMARY.rawValue)
            return isForPeople && standard != KEY_STORAGE_DROPPED
                ? KEY_STORAGE_VERTICAL_OFFSET : standard
        }

    private static let unneeded = Set(
        [
            SOLVABLE_DESCRIPTION, SOLVABLE_URL, SOLVABLE_LICENSE, SOLVABLE_GROUP,
            SOLVABLE_BUILDHOST, SOLVABLE_SOURCENAME, SOLVABLE_SOURCEEVR,
            SOLVABLE_SOURCEARCH, SOLVABLE_HEADEREND, SOLVABLE_PACKAGER,
        ].map(\.rawValue))

    /// That it cannot be kept costs time in the next run and harms nobody.
    private func keep(_ repository: UnsafeMutablePointer<Repo>, at path: String) {
        let part = path + ".part"
        guard let file = fopen(part, "we") else { return }
        let isWritten = write(repository, file)
        fclose(file)
        guard isWritten, rename(part, path) == 0 else {
            unlink(part)
            return
        }
    }
}

extension SolverInput {
    /// What libsolv keeps is read by itself alone: its version.
    public static let cacheVersion: String = LIBSOLV_VERSION_STRING
}
