/// A repository's states, as publishers told of them.
public struct RepositoryLog: Sendable, Codable {
    public let store: String
    /// The key of what readers see now.
    public let current: String
    /// Newest first.
    public let entries: [HistoryRecord]

    /// At most `limit` states are told of, and the rollbacks among them. Where nobody told of a
    /// state, the list ends.
    public static func read(_ store: any ObjectStore, limit: Int) async throws -> RepositoryLog {
        let reader = HistoryReader(store: store)
        guard let current = try await reader.current() else {
            throw PublishError.nothingThere(store: store.name)
        }
        var entries = try await reader.chain(from: current.text, limit: limit)
        let rollbacks = try await reader.rollbacks()
        for event in rollbacks {
            guard let left = event.parent else { continue }
            let known = Set(entries.map(\.key))
            entries += try await reader.chain(from: left, limit: limit, until: known)
        }
        return RepositoryLog(
            store: store.name, current: current.text,
            entries: Array(ordered(entries, rollbacks).prefix(limit)))
    }

    /// Newest first. Of one second, a rollback is newer than the state that it left, and older than
    /// what was made after it. `states` are newest first as far as one was made of the other,
    /// `rollbacks` oldest first.
    static func ordered(
        _ states: [HistoryRecord], _ rollbacks: [HistoryRecord]
    ) -> [HistoryRecord] {
        var all = states.enumerated().sorted {
            ($0.element.time, -$0.offset) > ($1.element.time, -$1.offset)
        }.map(\.element)
        let left = { (event: HistoryRecord) in
            all.firstIndex { $0.time == event.time && $0.key == event.parent }
        }
        var waiting = rollbacks
        // One that left what another went back to comes after that one.
        while let next = waiting.firstIndex(where: { left($0) != nil }) ?? waiting.indices.first {
            let event = waiting.remove(at: next)
            let older = all.firstIndex { $0.time < event.time }
            all.insert(event, at: left(event) ?? older ?? all.endIndex)
        }
        return all
    }
}
