internal import PanelAPI
internal import Synchronization

/// Samples that the panel has not confirmed yet, the oldest first. While it is away for too long
/// the oldest are let go, and counted.
final class SampleBuffer: Sendable {
    /// Twelve hours at one in 30 seconds: about 2 MB.
    static let maximumSamples = 1440

    /// What goes with one heartbeat.
    struct Batch: Sendable, Equatable {
        var samples: [MetricSample]
        var lost: Int
        /// Of the sample after the last one, counted since the agent's start.
        fileprivate var end: Int
        /// Whether there are more than go with it.
        var isPart: Bool
    }

    private struct State {
        var samples: [MetricSample] = []
        /// Of the first sample, counted since the agent's start.
        var start = 0
        var lost = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int = maximumSamples) {
        self.limit = limit
    }

    func add(_ sample: MetricSample) {
        state.withLock { state in
            state.samples.append(sample)
            guard state.samples.count > limit else { return }
            state.samples.removeFirst()
            state.start += 1
            state.lost += 1
        }
    }

    /// The oldest, which stay here until they are confirmed.
    func oldest(_ count: Int = Heartbeat.maximumSamples) -> Batch {
        state.withLock { state in
            let samples = Array(state.samples.prefix(count))
            return Batch(
                samples: samples, lost: state.lost, end: state.start + samples.count,
                isPart: samples.count < state.samples.count)
        }
    }

    /// Lets go of what has arrived.
    func confirm(_ batch: Batch) {
        state.withLock { state in
            // Some of them may have been let go and counted meanwhile; they have arrived.
            let gone = min(max(0, batch.end - state.start), state.samples.count)
            let early = max(0, state.start - (batch.end - batch.samples.count))
            state.samples.removeFirst(gone)
            state.start += gone
            state.lost -= min(state.lost, batch.lost + min(early, batch.samples.count))
        }
    }

    var count: Int { state.withLock { $0.samples.count } }
}
