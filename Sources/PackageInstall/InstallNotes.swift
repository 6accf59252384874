internal import Synchronization

/// What somebody should know of an installation that goes on all the same.
final class InstallNotes: Sendable {
    static let maximumNotes = 1000
    private let lines = Mutex<[String]>([])

    func add(_ line: String) {
        lines.withLock { if $0.count < Self.maximumNotes, !$0.contains(line) { $0.append(line) } }
    }

    var all: [String] { lines.withLock { $0 } }
}
