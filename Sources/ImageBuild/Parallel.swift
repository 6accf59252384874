internal import Dispatch
internal import Synchronization

/// Work on many files with all processors.
enum Parallel {
    /// Items that one thread takes at a time.
    static let batch = 64

    /// As `map`, in the order of `items`. The first error ends it.
    static func map<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ work: @Sendable (Item) throws -> Value
    ) throws -> [Value] {
        let results = Mutex<[Int: [Value]]>([:])
        let failure = Mutex<(any Error)?>(nil)
        let batches = (items.count + batch - 1) / batch
        DispatchQueue.concurrentPerform(iterations: batches) { number in
            if failure.withLock({ $0 != nil }) { return }
            let range = number * batch..<min((number + 1) * batch, items.count)
            do {
                let values = try items[range].map(work)
                results.withLock { $0[number] = values }
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return results.withLock { done in
            done.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }
}
