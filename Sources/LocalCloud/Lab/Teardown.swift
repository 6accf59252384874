internal import Host

/// Undoes what the ledger lists. May be run at any time, as often as one likes, whatever was
/// killed.
public struct Teardown: Sendable {
    static let maximumSweeps = 20

    let folder: StateFolder
    let say: @Sendable (String) -> Void

    public init(folder: StateFolder, say: @escaping @Sendable (String) -> Void) {
        self.folder = folder
        self.say = say
    }

    /// Clears the lab. Throws where another command is at work on it, and where the folder is not
    /// a lab's.
    public func run() async throws {
        switch try folder.owner() {
        case .lab: break
        case .nobody: return
        case .stranger:
            throw LabError("'\(folder.path)' is not a lab's folder; nothing is removed")
        }
        guard let lock = try FileLock.take(StateFolder.labLock, in: folder.files) else {
            throw LabError(
                "another 'howdah local' is at work on '\(folder.path)'; wait for it or end it")
        }
        try await clear()
        _ = consume lock
    }

    /// As `run`, by whoever holds the lab's lock.
    func clear() async throws {
        let lab = try folder.recordedLab()
        let entries = try Ledger(folder).entries()
        let tools = try Tools.locate(
            environment: ProcessEnvironment.current, withServices: false)
        if !entries.isEmpty { say("clearing \(entries.count) things of the lab") }
        try await endProcesses(entries)
        for case (let id, .controlGroups(let name)) in entries.map({ ($0.id, $0.thing) }) {
            try await ControlGroups(name: name).end()
            try Ledger(folder).erase(id)
        }
        if let lab {
            try await sweep(lab.id)
            try StorageSockets(first: lab.storagePort).remove()
        }
        for entry in entries {
            switch entry.thing {
            case .process, .controlGroups: continue
            case .loop(let image): try await LoopImage.release(image: image, tools: tools)
            case .namespace(let name): try await LabNetwork.remove(namespace: name, tools: tools)
            }
            try Ledger(folder).erase(entry.id)
        }
        try removeFiles()
    }

    /// The hypervisor first, or it starts again what ends; then instances, their metadata services,
    /// and last what these call.
    static func order(_ entries: [LedgerEntry]) -> [LedgerEntry] {
        func rank(_ id: String) -> Int {
            if id == OwnedProcesses.entryID(Hypervisor.name) { return 0 }
            if id.hasPrefix(OwnedProcesses.entryID("init/")) { return 1 }
            if id.hasPrefix(OwnedProcesses.entryID("metadata/")) { return 2 }
            return 3
        }
        return entries.sorted { rank($0.id) < rank($1.id) }
    }

    private func endProcesses(_ entries: [LedgerEntry]) async throws {
        for entry in Self.order(entries) {
            guard case .process = entry.thing else { continue }
            // What they keep is removed right after: there is nothing to end gently for.
            try await OwnedProcesses.end(entry, grace: .zero)
            try Ledger(folder).erase(entry.id)
        }
    }

    /// What our processes started and left behind has their mark.
    private func sweep(_ lab: String) async throws {
        for _ in 0..<Self.maximumSweeps {
            let left = Mark.find(lab: lab)
            if left.isEmpty { return }
            for process in left { _ = await process.terminate(grace: .zero) }
        }
        throw LabError("processes of the lab '\(lab)' come back; end what starts them")
    }

    /// Mounts are made in namespaces alone, so there is none below the folder: should there be one
    /// all the same, its files are someone else's and nothing is removed.
    private func removeFiles() throws {
        let mounts = try Files(root: "/proc").text("/self/mountinfo")
        for line in mounts.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[4].hasPrefix(folder.path + "/") else { continue }
            throw LabError("'\(fields[4])' is mounted; unmount it, then clear the lab again")
        }
        // The lab's record last: as long as it is there, a next run knows what to look for.
        for name in StateFolder.removed { try folder.files.removeTree(name) }
        try folder.files.remove(StateFolder.lab)
    }
}
