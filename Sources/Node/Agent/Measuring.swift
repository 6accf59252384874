internal import FoundationEssentials
internal import Host
internal import NodeMetrics
internal import PanelAPI

/// Measures again and again what the node does, whether the panel is there or not.
struct Measuring: Sendable {
    static let interval = Duration.seconds(30)

    let reader: CounterReader
    let buffer: SampleBuffer
    let clock: any Clock<Duration>
    let now: @Sendable () -> Date

    /// Runs until it is cancelled. The first sample comes after one interval.
    func run() async {
        let elapsed = Self.stopwatch(clock)
        var last = reader.read()
        while !Task.isCancelled {
            // In step with its beginning: what a turn takes does not add up.
            try? await clock.sleep(for: Self.interval - Self.rest(elapsed(), Self.interval))
            if Task.isCancelled { return }
            let current = reader.read()
            let values = Rates.values(from: last, to: current)
            buffer.add(
                MetricSample(
                    at: (now().timeIntervalSince1970 * 1000).rounded() / 1000,
                    seconds: ((current.seconds - last.seconds) * 1000).rounded() / 1000,
                    values: values))
            last = current
        }
    }

    /// What is left of a time over whole intervals.
    static func rest(_ time: Duration, _ interval: Duration) -> Duration {
        time - interval * Int((time / interval).rounded(.down))
    }

    private static func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}
