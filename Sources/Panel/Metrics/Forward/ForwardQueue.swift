internal import Synchronization

/// What is to go out to one target: bounded, in memory. Where it is full the oldest goes, and is
/// counted: the panel has it still, and the target was away for long.
final class ForwardQueue: Sendable {
    /// Values; some 20 MB of them.
    static let maximumValues = 200_000

    struct Counts: Sendable, Equatable {
        var sent = 0
        var dropped = 0
        var waiting = 0
    }

    private struct State {
        var rows: [MetricStore.Row] = []
        /// The first in `rows` that still waits.
        var first = 0
        var counts = Counts()

        mutating func dropFirst() {
            counts.waiting -= rows[first].values.count
            rows[first].values = [:]
            first += 1
            guard first == rows.count || first >= 4_096 else { return }
            rows.removeFirst(first)
            first = 0
        }
    }

    let target: ForwardTarget
    private let state = Mutex(State())

    init(_ target: ForwardTarget) { self.target = target }

    var counts: Counts { state.withLock { $0.counts } }

    func add(_ rows: [MetricStore.Row]) {
        state.withLock { state in
            state.rows += rows
            state.counts.waiting += rows.reduce(0) { $0 + $1.values.count }
            while state.counts.waiting > Self.maximumValues, state.first < state.rows.count {
                state.counts.dropped += state.rows[state.first].values.count
                state.dropFirst()
            }
        }
    }

    /// The next rows, of so many values at least if there are so many; they stay in the queue's
    /// count until `done` or `putBack`.
    func next(values: Int) -> [MetricStore.Row] {
        state.withLock { state in
            var taken: [MetricStore.Row] = []
            var count = 0
            while count < values, state.first < state.rows.count {
                let row = state.rows[state.first]
                taken.append(row)
                count += row.values.count
                state.dropFirst()
            }
            return taken
        }
    }

    /// They went out; `refused` of them the target did not take.
    func done(_ rows: [MetricStore.Row], refused: Int = 0) {
        let count = rows.reduce(0) { $0 + $1.values.count }
        state.withLock { state in
            state.counts.sent += max(0, count - refused)
            state.counts.dropped += min(count, refused)
        }
    }

    /// They did not go out, or not all of them: they go first once more, as far as there is room.
    func putBack(_ rows: [MetricStore.Row]) {
        state.withLock { state in
            var kept: [MetricStore.Row] = []
            for row in rows.reversed() {
                let count = row.values.count
                if state.counts.waiting + count <= Self.maximumValues {
                    kept.append(row)
                    state.counts.waiting += count
                } else {
                    state.counts.dropped += count
                }
            }
            state.rows = kept.reversed() + state.rows[state.first...]
            state.first = 0
        }
    }
}

/// All targets at once.
struct MetricForward: Sendable {
    let queues: [ForwardQueue]

    init(_ targets: [ForwardTarget]) { queues = targets.map { ForwardQueue($0) } }

    /// Rows that were stored; those with impossible times the targets would not like either.
    func add(_ rows: [MetricStore.Row], now: Double) {
        guard !queues.isEmpty else { return }
        let timely = rows.filter {
            !$0.values.isEmpty && MetricStore.isTimely($0.at, now: now)
        }
        for queue in queues { queue.add(timely) }
    }
}
