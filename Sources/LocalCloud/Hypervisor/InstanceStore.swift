internal import Host

/// The records of a lab's instances, one folder each.
struct InstanceStore: Sendable {
    let folder: StateFolder

    static func recordPath(_ id: String) -> String {
        StateFolder.instance(id) + "/instance.json"
    }
    static func rootPath(_ id: String) -> String { StateFolder.instance(id) + "/root" }
    static func statusPath(_ id: String) -> String {
        StateFolder.instance(id) + "/init-status.json"
    }
    static func initPath(_ id: String) -> String { StateFolder.instance(id) + "/init.json" }

    func all() throws -> [InstanceRecord] {
        guard folder.files.isDirectory(StateFolder.instances) else { return [] }
        return try folder.files.list(StateFolder.instances).compactMap { id in
            try JSONFile.read(InstanceRecord.self, from: Self.recordPath(id), in: folder.files)
        }
    }

    func read(_ id: String) throws -> InstanceRecord {
        guard
            let record = try JSONFile.read(
                InstanceRecord.self, from: Self.recordPath(id), in: folder.files)
        else { throw LabError("there is no instance '\(id)' on this machine") }
        return record
    }

    func write(_ record: InstanceRecord) throws {
        try JSONFile.write(record, to: Self.recordPath(record.id), in: folder.files)
    }

    func change(_ id: String, _ body: (inout InstanceRecord) -> Void) throws {
        var record = try read(id)
        body(&record)
        try write(record)
    }

    func status(_ id: String) throws -> InitStatus? {
        try JSONFile.read(InitStatus.self, from: Self.statusPath(id), in: folder.files)
    }

    /// Finds an instance by its name or its id.
    func find(_ node: String) throws -> InstanceRecord {
        let records = try all()
        if let record = records.first(where: { $0.name == node || $0.id == node }) {
            return record
        }
        let names = records.map { "'\($0.name)'" }.joined(separator: ", ")
        throw LabError(
            "there is no node '\(node)'; "
                + (names.isEmpty ? "the lab has none" : "there are \(names)"))
    }
}
