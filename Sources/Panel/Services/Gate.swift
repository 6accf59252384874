/// Lets a bounded number of pieces of work through at once; a bounded number of others wait for
/// their turn, in the order in which they came, and what is beyond that is turned away.
actor Gate {
    private let maximum: Int
    private let maximumWaiting: Int
    private let name: String
    private var inside = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// The first in `waiting` that still waits.
    private var next = 0

    /// `name` is what there is too much of, in the plural.
    init(maximum: Int, waiting: Int = 0, name: String) {
        self.maximum = maximum
        self.maximumWaiting = waiting
        self.name = name
    }

    func enter() async throws(Refusal) {
        if inside < maximum {
            inside += 1
            return
        }
        guard waiting.count - next < maximumWaiting else { throw Refusal.busy(name) }
        // Whoever leaves hands over its place: `inside` stays as it is.
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Does `work` inside.
    nonisolated func pass<Value: Sendable>(
        _ work: () async throws -> Value
    ) async throws -> Value {
        try await enter()
        do {
            let value = try await work()
            await exit()
            return value
        } catch {
            await exit()
            throw error
        }
    }

    func exit() {
        guard next < waiting.count else {
            inside -= 1
            return
        }
        waiting[next].resume()
        next += 1
        if next == waiting.count {
            waiting = []
            next = 0
        } else if next >= 1_024 {
            waiting.removeFirst(next)
            next = 0
        }
    }
}
