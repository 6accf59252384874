internal import Host

/// What may be removed from a place, and why not the rest. Making it does no I/O.
struct GarbagePlan: Sendable {
    /// Paths, with their sizes in bytes.
    private(set) var removed: [String: Int64] = [:]

    /// `named` are the paths that a state that is kept names. What was stored at `cutoff` (in
    /// seconds since 1970) or later stays, since a publisher may be about to name it.
    init(
        listing: [String: StoredObject], states: KeptStates, named: Set<String>, cutoff: Int64
    ) {
        for (path, object) in listing {
            guard let modified = object.modified, modified < cutoff, !named.contains(path),
                Self.isOurs(path), !states.keeps(path)
            else { continue }
            removed[path] = object.size
        }
    }

    /// Packages, metadata by its checksum, history, and what a killed writer to a directory left.
    /// Anything else at the place is somebody's, such as a public key beside `repomd.xml`.
    static func isOurs(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        if Files.isTemporary(name) || name.hasSuffix(".rpm") { return true }
        return path.hasPrefix(HistoryKey.folder)
            || path.hasPrefix("repodata/") && OldMetadata.isOurs(String(name))
    }
}

/// The states that readers may still be using.
struct KeptStates: Sendable {
    let keys: Set<String>

    /// The present state, and those that were it at `cutoff` or later: a state was there until
    /// another one was made of it, or until a rollback left it.
    init(
        current: String, records: [HistoryRecord], listing: [String: StoredObject], cutoff: Int64
    ) {
        var lastUse: [String: Int64] = [:]
        func used(_ key: String, _ time: Int64) {
            lastUse[key] = max(lastUse[key] ?? .min, time)
        }
        for record in records { if let parent = record.parent { used(parent, record.time) } }
        for (path, object) in listing {
            if let key = Self.key(path) { used(key, object.modified ?? .max) }
        }
        keys = Set(lastUse.filter { $0.value >= cutoff }.keys).union([current])
    }

    /// Of the copy of a state's `repomd.xml`.
    static func key(_ path: String) -> String? {
        let suffix = ".repomd.xml"
        guard path.hasPrefix(HistoryKey.folder), path.hasSuffix(suffix) else { return nil }
        return String(path.dropFirst(HistoryKey.folder.count).dropLast(suffix.count))
    }

    func keeps(_ path: String) -> Bool {
        guard path.hasPrefix(HistoryKey.folder) else { return false }
        let name = path.dropFirst(HistoryKey.folder.count)
        for suffix in [".repomd.xml", ".repomd.xml.asc", ".json"] where name.hasSuffix(suffix) {
            if keys.contains(String(name.dropLast(suffix.count))) { return true }
        }
        return false
    }
}
