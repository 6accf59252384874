internal import Glibc
internal import Host

/// Keeps two runs from writing one repository's metadata at once. createrepo_c makes a directory
/// `.repodata` for that, and so do we: each refuses to work where the other is at work. What a run
/// of ours that was killed left behind is taken over, since the kernel let go of its lock.
struct IndexLock: ~Copyable {
    static let name = "/.repodata"
    /// In the directory where it is ours.
    static let mark = "/.repodata/howdah"
    /// createrepo_c writes into its directory as soon as it has made it. One that stays empty for
    /// so long is of a run of ours that was killed before it had marked it.
    static let emptyLimit = Duration.seconds(2)
    private static let pause = Duration.milliseconds(100)

    private let descriptor: Int32
    private let files: Files

    private init(_ descriptor: Int32, _ files: Files) {
        self.descriptor = descriptor
        self.files = files
    }

    static func take(_ files: Files) async throws -> IndexLock {
        let path = try files.resolve(name)
        let isNew = mkdir(path, 0o755) == 0
        let code = errno
        if !isNew && code != EEXIST {
            throw IndexError.cannotWrite(path: files.root, code: code)
        }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw IndexError.cannotWrite(path: path, code: errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, isAt(path, descriptor) else {
            close(descriptor)
            throw IndexError.busy(path: path)
        }
        do {
            if !isNew, !files.exists(mark), try await !isAbandoned(files) {
                throw IndexError.foreignLock(path: path)
            }
        } catch {
            close(descriptor)
            throw error
        }
        let lock = IndexLock(descriptor, files)
        try files.write("howdah repo index\n", to: mark)
        return lock
    }

    private static func isAbandoned(_ files: Files) async throws -> Bool {
        let end = ContinuousClock.now + emptyLimit
        while try files.list(name).isEmpty {
            if ContinuousClock.now > end { return true }
            try await Task.sleep(for: pause)
        }
        return files.exists(mark)
    }

    /// False if whoever had the lock removed the directory before it was ours.
    private static func isAt(_ path: String, _ descriptor: Int32) -> Bool {
        var (named, opened) = (stat(), stat())
        return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0
            && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
    }

    deinit {
        try? files.removeTree(Self.name)
        close(descriptor)
    }
}
