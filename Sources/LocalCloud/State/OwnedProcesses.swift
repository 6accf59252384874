internal import Host

/// Starts and ends the processes of a lab, each written down before it is there.
struct OwnedProcesses: Sendable {
    let folder: StateFolder
    let lab: Lab
    let tools: Tools

    static func entryID(_ name: String) -> String { "process/\(name)" }

    /// Starts a program under `name`, in a network namespace where one is given and the lab has
    /// such.
    @discardableResult
    func start(
        _ name: String, _ executable: String, _ arguments: [String],
        environment: [String: String] = [:], namespace: String? = nil, log: String? = nil
    ) throws -> ProcessIdentity {
        let ledger = Ledger(folder)
        let mark = Mark.make(lab: lab.id, name: name)
        let id = Self.entryID(name)
        try ledger.record(LedgerEntry(id: id, thing: .process(mark: mark, identity: nil)))
        var variables = environment
        variables[Mark.variable] = mark
        variables["PATH"] = variables["PATH"] ?? tools.path
        let space = lab.isolation == .namespaces ? namespace : nil
        let words = space.map { space in
            [tools.nsenter, "--net=/run/netns/\(space)", "--", executable] + arguments
        }
        let command = words ?? [executable] + arguments
        let identity = try DetachedProcess(
            executable: command[0], arguments: Array(command.dropFirst()), environment: variables,
            workingDirectory: folder.path, log: folder.inside(log ?? StateFolder.log(name))
        ).spawn()
        try ledger.record(LedgerEntry(id: id, thing: .process(mark: mark, identity: identity)))
        return identity
    }

    func identity(_ name: String) throws -> ProcessIdentity? {
        let id = Self.entryID(name)
        for entry in try Ledger(folder).entries() where entry.id == id {
            if case .process(_, let identity) = entry.thing { return identity }
        }
        return nil
    }

    func isAlive(_ name: String) throws -> Bool {
        try identity(name)?.isAlive() ?? false
    }

    /// Ends what was started under `name`, also if its id was never written down.
    func stop(_ name: String, grace: Duration = .seconds(10)) async throws {
        let id = Self.entryID(name)
        let ledger = Ledger(folder)
        for entry in try ledger.entries() where entry.id == id {
            try await Self.end(entry, grace: grace)
            try ledger.erase(id)
        }
    }

    static func end(_ entry: LedgerEntry, grace: Duration) async throws {
        guard case .process(let mark, let identity) = entry.thing else { return }
        let found = identity.map { [$0] } ?? Mark.find(mark: mark)
        for process in found where await !process.terminate(grace: grace) {
            throw LabError("\(process) ('\(entry.id)') did not end, not even by SIGKILL")
        }
    }
}
