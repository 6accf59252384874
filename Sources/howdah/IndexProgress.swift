internal import RepoPublish
internal import Synchronization

/// Shows how far an index is: a line that is written over, where somebody watches a terminal.
final class IndexProgress: Sendable {
    static let interval = Duration.milliseconds(200)

    private struct State {
        var shown: ContinuousClock.Instant?
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
        if state.withLock({ $0.shown }) != nil { Terminal.overwrite("") }
    }

    private func detail(_ text: String) {
        if isVerbose && !isQuiet { Terminal.error(text) }
    }

    private func line(_ count: Int, of total: Int) {
        if isQuiet || !Terminal.isWatched { return }
        let rate: Int? = state.withLock { state in
            let now = ContinuousClock.now
            if let shown = state.shown, now - shown < Self.interval, count < total { return nil }
            state.shown = now
            let seconds = (now - (state.started ?? now)) / .seconds(1)
            return seconds > 0 ? Int(Double(count) / seconds) : 0
        }
        guard let rate else { return }
        Terminal.overwrite("\(count) of \(total) packages, \(rate) a second")
    }
}
