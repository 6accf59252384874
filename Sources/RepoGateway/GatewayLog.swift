internal import Synchronization

/// Lines for the journal, so many in a minute: nobody who may connect can fill it.
final class GatewayLog: Sendable {
    private struct Minute {
        var start = ContinuousClock.now
        var lines = 0
    }

    static let maximumLines = 120
    private let sink: @Sendable (String) -> Void
    private let minute = Mutex(Minute())

    init(_ sink: @escaping @Sendable (String) -> Void) { self.sink = sink }

    func write(_ line: String) {
        let count = minute.withLock { minute in
            if ContinuousClock.now - minute.start > .seconds(60) { minute = Minute() }
            minute.lines += 1
            return minute.lines
        }
        if count < GatewayLog.maximumLines {
            sink(line)
        } else if count == GatewayLog.maximumLines {
            sink("more than \(count) lines in a minute: the rest of it is left out")
        }
    }
}
