internal import Synchronization

/// Counts what really came over the network, from several tasks at once.
final class FetchMeter: Sendable {
    private struct Count {
        var packages = 0
        var bytes: Int64 = 0
    }

    private let count = Mutex(Count())

    func add(bytes: Int64) { count.withLock { $0.bytes += bytes } }
    func add(package bytes: Int64) {
        count.withLock {
            $0.packages += 1
            $0.bytes += bytes
        }
    }

    var packages: Int { count.withLock { $0.packages } }
    var bytes: Int64 { count.withLock { $0.bytes } }
}
