/// Work on many things, only some of them at once.
public enum Bounded {
    /// Results in the order of the elements; the first error ends the rest.
    public static func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], limit: Int,
        _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        precondition(limit > 0, "at least one at once")
        return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            var next = 0
            while next < elements.count || !group.isEmpty {
                if next < elements.count && next - results.count < limit {
                    let (index, element) = (next, elements[next])
                    group.addTask { (index, try await transform(element)) }
                    next += 1
                } else if let (index, result) = try await group.next() {
                    results[index] = result
                }
            }
            return elements.indices.compactMap { results[$0] }
        }
    }
}
