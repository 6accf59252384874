internal import Synchronization

/// Below which number all names of a series are taken, so that the ten-thousandth node's name is
/// found as soon as the first one's. A memory aid: the database decides.
final class FreeNumbers: Sendable {
    private let firsts = Mutex<[String: Int]>([:])

    func first(in series: String) -> Int { firsts.withLock { $0[series] ?? 1 } }

    func take(_ number: Int, in series: String) {
        firsts.withLock { $0[series] = number + 1 }
    }

    /// After a name became free.
    func forget() { firsts.withLock { $0 = [:] } }
}
