internal import CRPM
internal import Glibc

/// One librpm transaction: packages that come into a root, together with what they replace.
public struct PackageTransaction: Sendable {
    /// A package file to install, and the identity that its header must have.
    public struct Install: Sendable, Hashable {
        public let path: String
        /// `name-[epoch:]version-release.arch`
        public let identity: String
        public let way: Way

        public init(path: String, identity: String, way: Way = .upgrade) {
            self.path = path
            self.identity = identity
            self.way = way
        }
    }

    /// What becomes of other packages of a name that comes in.
    public enum Way: Sendable, Hashable {
        /// They go.
        case upgrade
        /// They stay.
        case beside
        /// It is there already, and done again.
        case again
    }

    public let root: String
    public let keyring: Keyring
    public var installs: [Install]
    /// Numbers in the root's database of packages to remove that no install replaces by itself.
    public var removals: [UInt32]
    /// Capabilities that count as provided.
    public var assumed: Set<String>
    /// How long another process may keep the database locked.
    public var lockDeadline: Duration
    /// Whether a power cut may have torn files of the same packages before.
    public var mendsFiles = false
    /// Called before anything is changed, with whether a power cut can tear files of packages that
    /// the database has: then they are on the disk only at the end.
    public var started: @Sendable (_ syncsAtEnd: Bool) throws -> Void = { _ in }
    /// Told the path of each package that is in whole, with its scripts.
    public var finished: @Sendable (String) -> Void = { _ in }

    public init(
        root: String, keyring: Keyring, installs: [Install], removals: [UInt32] = [],
        assumed: Set<String> = [], lockDeadline: Duration = .seconds(120)
    ) {
        self.root = root
        self.keyring = keyring
        self.installs = installs
        self.removals = removals
        self.assumed = assumed
        self.lockDeadline = lockDeadline
    }

    /// Verifies, checks, orders and runs. Throws ``TransactionError`` or ``SignatureError``; of the
    /// former only ``TransactionError/failed(log:)`` may leave a part of the packages installed.
    ///
    /// The database's lock is waited for up to ``lockDeadline``. The transaction itself has no
    /// deadline: to stop it halfway would do more harm than to wait.
    public func run(clock: any Clock<Duration> = ContinuousClock()) async throws {
        try await DatabaseLock(root: root).waitUntilFree(deadline: lockDeadline, clock: clock)
        try await RPMLibrary.run {
            try RPMDatabase.beginFirst(root: root)
            let handle = try filledHandle()
            if try handle.check(assumed: assumed) {
                try handle.run(self)
            } else {
                try filledHandle().run(self)
            }
        }
    }

    private func filledHandle() throws -> TransactionHandle {
        var handle = try TransactionHandle.open(root: root, keyring: keyring)
        for install in installs { try handle.add(install) }
        for removal in removals { try handle.remove(removal) }
        return handle
    }
}

/// Owns librpm's transaction set and all that has to live as long as it.
private struct TransactionHandle: ~Copyable {
    private let transaction: rpmts
    private let keyring: KeyringHandle
    private let keys = PathKeys()
    private let root: String
    private var leftovers = UnpackLeftovers()

    private init(_ transaction: rpmts, root: String, keyring: Keyring) {
        self.transaction = transaction
        self.root = root
        self.keyring = KeyringHandle(keyring)
        RPMDatabase.pushPath(root: root)
    }

    static func open(root: String, keyring: Keyring) throws(TransactionError) -> TransactionHandle {
        guard let transaction = rpmtsCreate() else { throw .root(path: root) }
        let handle = TransactionHandle(transaction, root: root, keyring: keyring)
        try handle.prepare(root: root)
        return handle
    }

    deinit {
        rpmtsFree(transaction)
        RPMDatabase.popPath()
    }

    private func prepare(root: String) throws(TransactionError) {
        guard rpmtsSetRootDir(transaction, root) == 0 else { throw .root(path: root) }
        requireSignatures(transaction, keyring)
        // Plugins talk to the running system (D-Bus, syslog, audit), which another root is not.
        let isRunningSystem = root == "/"
        rpmtsSetFlags(
            transaction, isRunningSystem ? 0 : rpmtransFlags(RPMTRANS_FLAG_NOPLUGINS.rawValue))
    }

    mutating func add(_ install: PackageTransaction.Install) throws {
        guard let file = Fopen(install.path, "r.ufdio"), Ferror(file) == 0 else {
            throw SignatureError.unreadable(name: install.path, reason: "it cannot be opened")
        }
        defer { Fclose(file) }
        var header: Header?
        RPMLog.clear()
        let code = rpmReadPackageFile(transaction, file, install.path, &header)
        guard code == RPMRC_OK, let header else {
            let reason = RPMLog.lines().joined(separator: "; ")
            throw SignatureError.bad(name: install.path, reason: reason)
        }
        defer { headerFree(header) }
        leftovers.note(filesOf: header)
        let found = identity(header)
        guard found == install.identity else {
            throw TransactionError.otherPackage(
                path: install.path, expected: install.identity, found: found)
        }
        guard add(header, keys.key(install.path), install.way) == 0 else {
            throw TransactionError.failed(log: RPMLog.lines())
        }
    }

    private func add(
        _ header: Header, _ key: UnsafeRawPointer?, _ way: PackageTransaction.Way
    ) -> Int32 {
        switch way {
        case .upgrade: rpmtsAddInstallElement(transaction, header, key, 1, nil)
        case .beside: rpmtsAddInstallElement(transaction, header, key, 0, nil)
        case .again: rpmtsAddReinstallElement(transaction, header, key)
        }
    }

    func remove(_ number: UInt32) throws(TransactionError) {
        var number = number
        let iterator = rpmtsInitIterator(
            transaction, rpmDbiTagVal(RPMDBI_PACKAGES.rawValue), &number,
            MemoryLayout<UInt32>.size)
        defer { rpmdbFreeIterator(iterator) }
        guard let header = rpmdbNextIterator(iterator) else { return }
        guard rpmtsAddEraseElement(transaction, header, Int32(number)) == 0 else {
            throw .failed(log: RPMLog.lines())
        }
    }

    /// Throws librpm's objections, but for those about assumed capabilities. Returns false if
    /// there were such: librpm then marks the package as failed and would skip it, so that what is
    /// run has to be another transaction.
    func check(assumed: Set<String>) throws(TransactionError) -> Bool {
        guard rpmtsCheck(transaction) == 0 else { throw .failed(log: RPMLog.lines()) }
        let all = TransactionProblem.all(of: transaction)
        let problems = all.filter { problem in
            guard let capability = problem.missingCapability else { return true }
            return !assumed.contains(capability)
        }
        guard problems.isEmpty else { throw .problems(problems.map(\.text)) }
        return all.isEmpty
    }

    func run(_ settings: PackageTransaction) throws {
        guard rpmtsOrder(transaction) == 0 else {
            throw TransactionError.failed(log: RPMLog.lines())
        }
        rpmtsClean(transaction)
        leftovers.remove(below: root)
        if settings.mendsFiles { leftovers.configuration.removeTorn(below: root) }
        // What is replaced may be what the next boot runs with, and a file of configuration that
        // is there may be somebody's own: nobody could tell what a power cut had made of them.
        // New files are simply unpacked again.
        let isDelicate = replacesPackages || leftovers.configuration.isAnyThere(below: root)
        try settings.started(!FileFlushing.begin(isDelicate))
        let code = run(settings.finished)
        // Also what a failed one has left.
        try sync()
        if code == 0 { return try RPMDatabase.finish(root: root) }
        let problems = TransactionProblem.all(of: transaction).map(\.text)
        guard code < 0 || problems.isEmpty else { throw TransactionError.problems(problems) }
        throw TransactionError.failed(log: RPMLog.lines())
    }

    private func run(_ finished: @escaping (String) -> Void) -> Int32 {
        let files = OpenPackages(finished)
        let context = Unmanaged.passUnretained(files).toOpaque()
        rpmtsSetNotifyCallback(transaction, OpenPackages.notify, context)
        defer { rpmtsSetNotifyCallback(transaction, nil, nil) }
        RPMLog.clear()
        return withExtendedLifetime(files) { rpmtsRun(transaction, nil, 0) }
    }

    /// Whether anything goes, for whatever reason.
    private var replacesPackages: Bool {
        let iterator = rpmtsiInit(transaction)
        defer { rpmtsiFree(iterator) }
        return rpmtsiNext(iterator, rpmElementTypes(TR_REMOVED.rawValue)) != nil
    }

    private func sync() throws(TransactionError) {
        var disk = DiskSync()
        try disk.sync(root)
        try disk.sync(root + RPMDatabase.path(root: root))
        for folder in leftovers.folders { try disk.sync(root + folder) }
    }

    private func identity(_ header: Header) -> String {
        guard let text = headerGetAsString(header, rpmTagVal(RPMTAG_NEVRA.rawValue)) else {
            return ""
        }
        defer { free(text) }
        return String(cString: text)
    }
}

/// The paths that librpm hands back to the callback, as C strings that live as long as this.
private final class PathKeys {
    private var strings: [UnsafeMutablePointer<CChar>] = []

    func key(_ path: String) -> UnsafeRawPointer? {
        guard let string = strdup(path) else { return nil }
        strings.append(string)
        return UnsafeRawPointer(string)
    }

    deinit { for string in strings { free(string) } }
}
