public import Host

/// Something outside our folder's files that a lab made, or was about to make.
public struct LedgerEntry: Codable, Sendable, Equatable {
    public enum Thing: Codable, Sendable, Equatable {
        /// `mark` is in the environment of the process: it finds one that was started but whose id
        /// was never written down.
        case process(mark: String, identity: ProcessIdentity?)
        /// A named network namespace; its interfaces end with it.
        case namespace(name: String)
        /// The loop devices of an image file.
        case loop(image: String)
        /// Control groups of one name, in every hierarchy, with all that runs in them.
        case controlGroups(name: String)
    }

    /// What it is to the lab, such as `process/weed`; one entry an id.
    public var id: String
    public var thing: Thing

    public init(id: String, thing: Thing) {
        self.id = id
        self.thing = thing
    }
}

/// The list of all that must be undone. A thing is written down, durably, before it is made, and
/// erased after it is gone, so that a kill at any moment leaves nothing unknown.
public struct Ledger: Sendable {
    static let lockLimit = Duration.seconds(30)

    private let folder: StateFolder

    public init(_ folder: StateFolder) {
        self.folder = folder
    }

    public func entries() throws -> [LedgerEntry] {
        try JSONFile.read([LedgerEntry].self, from: StateFolder.ledger, in: folder.files) ?? []
    }

    /// Adds the entry, or replaces the one with its id.
    public func record(_ entry: LedgerEntry) throws {
        try change { entries in
            entries.removeAll { $0.id == entry.id }
            entries.append(entry)
        }
    }

    public func erase(_ id: String) throws {
        try change { entries in entries.removeAll { $0.id == id } }
    }

    /// Several processes of a lab write to its ledger: read, change and write are one under a lock.
    private func change(_ body: (inout [LedgerEntry]) -> Void) throws {
        let lock = try FileLock.take(
            StateFolder.ledgerLock, in: folder.files, within: Self.lockLimit)
        var entries = try entries()
        body(&entries)
        try JSONFile.write(entries, to: StateFolder.ledger, in: folder.files, mode: 0o600)
        _ = consume lock
    }
}
