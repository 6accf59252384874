internal import RepoPublish
internal import Synchronization

/// Shows how far an index is: a line that is written over, where somebody watches a terminal.
final class IndexProgress: Sendable {
    static let interval = Duration.milliseconds(200)
    /// Seconds before which nothing is said of how fast it goes.
    static let shortest = 0.2

    private struct State {
        var shown: ContinuousClock.Instant?
        /// The one that is shown.
        var count = 0
        var started: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let isQuiet: Bool
    private let isVerbose: Bool

    init(isQuiet: Bool, isVerbose: Bool) {
        self.isQuiet = isQuiet
        self.isVerbose = isVerbose
    }

    func show(_ event: IndexEvent) {
        switch event {
        case .walking: detail("looking for packages")
        case .found(let count): detail("\(count) packages found")
        case .loaded(let count): detail("the old index knows \(count) packages")
        case .reading(let count, let workers):
            detail("reading \(count) packages, \(workers) at once")
            state.withLock { $0.started = .now }
        case .read(let count, let total): line(count, of: total)
        case .leftOut(let package): detail("left out: \(package.path)")
        case .finished: detail("all packages read")
        }
    }

    /// Takes the line away.
    func end() {
        let isShown = state.withLock { state in
            defer { state.shown = nil }
            return state.shown != nil
        }
        if isShown { Terminal.overwrite("") }
    }

    private func detail(_ text: String) {
        guard isVerbose && !isQuiet else { return }
        end()
        Terminal.error(text)
    }

    private func line(_ count: Int, of total: Int) {
        if isQuiet || !Terminal.isWatched { return }
        // Written with the lock held: workers come in any order, and the last must be the last.
        state.withLock { state in
            let now = ContinuousClock.now
            if let shown = state.shown, now - shown < Self.interval, count < total { return }
            guard count > state.count else { return }
            (state.shown, state.count) = (now, count)
            let seconds = (now - (state.started ?? now)) / .seconds(1)
            var text = "\(count) of \(total) packages"
            if seconds > Self.shortest {
                let rate = Double(count) / seconds
                let left = Int((Double(total - count) / rate).rounded(.up))
                text += ", \(Int(rate.rounded())) a second, \(left) s left"
            }
            Terminal.overwrite(text)
        }
    }
}
