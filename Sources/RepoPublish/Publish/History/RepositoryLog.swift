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
        let all = (entries + rollbacks).enumerated().sorted {
            ($0.element.time, -$0.offset) > ($1.element.time, -$1.offset)
        }
        return RepositoryLog(
            store: store.name, current: current.text,
            entries: Array(all.map(\.element).prefix(limit)))
    }
}
