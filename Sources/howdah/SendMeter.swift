internal import Glibc
internal import RepoPublish
internal import Synchronization

/// One line on standard error that tells how far sending is, where somebody watches.
final class SendMeter: Sendable {
    static let barWidth = 24
    /// A line is not written more often than this.
    static let pause = Duration.milliseconds(100)

    private struct State {
        var start = ContinuousClock.now
        var shown: ContinuousClock.Instant?
        var objects = 0
        var bytes: Int64 = 0
        var doneObjects = 0
        /// Of packages that are done.
        var doneBytes: Int64 = 0
        /// Of the others, by path.
        var partBytes: [String: Int64] = [:]

        var storedBytes: Int64 { min(partBytes.values.reduce(doneBytes, +), bytes) }
    }

    private let state = Mutex(State())
    private let isWatched = isatty(STDERR_FILENO) == 1

    @Sendable func take(_ event: PublishEvent) {
        guard isWatched else { return }
        let now = ContinuousClock.now
        let line: String? = state.withLock { state in
            var isPart = false
            switch event {
            case .planned(let objects, let bytes):
                if state.objects == 0 { state.start = now }
                state.objects += objects
                state.bytes += bytes
            case .stored(let path, let bytes):
                state.partBytes[path, default: 0] += bytes
                isPart = true
            case .sent(let path, let bytes):
                guard path.hasSuffix(".rpm") else { return nil }
                state.partBytes[path] = nil
                state.doneObjects += 1
                state.doneBytes += bytes
            case .conflict(let attempt):
                return "somebody else published; taking theirs in (\(attempt))"
            }
            let isDue = state.shown.map { now - $0 >= Self.pause } ?? true
            guard isDue || isPart || state.doneObjects == state.objects else { return nil }
            state.shown = now
            return Self.line(state, now - state.start)
        }
        if let line { show(line) }
    }

    /// Leaves the line as it is, and begins another one.
    func end() {
        let isShown = state.withLock { $0.shown != nil }
        if isWatched && isShown { write("\n") }
    }

    private static func line(_ state: State, _ elapsed: Duration) -> String {
        let done = state.storedBytes
        let part = state.bytes > 0 ? Double(done) / Double(state.bytes) : 1
        let filled = Int(part * Double(barWidth))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: ".", count: max(0, barWidth - filled))
        var text =
            "[\(bar)] \(state.doneObjects)/\(state.objects) packages, "
            + "\(size(done))/\(size(state.bytes))"
        let seconds = elapsed / .seconds(1)
        if seconds > 0.2 && done > 0 {
            let rate = Double(done) / seconds
            let left = Double(state.bytes - done) / rate
            text += ", \(size(Int64(rate)))/s, \(Int(left.rounded(.up))) s left"
        }
        return text
    }

    private static func size(_ bytes: Int64) -> String {
        let megabytes = Double(bytes) / 1_000_000
        return megabytes < 10
            ? "\((megabytes * 10).rounded() / 10) MB" : "\(Int(megabytes.rounded())) MB"
    }

    private func show(_ line: String) { write("\r\u{1b}[K\(line)") }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
