internal import HTTPTypes
internal import Synchronization

/// So many calls of one kind from one place in a time: a bucket for each, which fills up again. The
/// table is bounded; where it is full, strangers share one bucket.
final class RateLimit: Sendable {
    static let maximumKeys = 10_000

    private struct Bucket {
        var left: Double
        var at: Double
    }

    /// What there is too many of, in the plural.
    private let name: String
    /// What a bucket holds, and after how many seconds one of it comes back.
    private let burst: Double
    private let secondsEach: Double
    private let time: PanelTime
    private let buckets = Mutex<[String: Bucket]>([:])
    /// When a full table was last looked through for buckets that are full again.
    private let sweptAt = Mutex(-Double.infinity)

    init(_ name: String, burst: Int, perMinute: Double, time: PanelTime) {
        self.name = name
        self.burst = Double(burst)
        secondsEach = 60 / perMinute
        self.time = time
    }

    /// Takes one; refuses with the seconds after which there is one again.
    func take(_ key: String) throws(Refusal) {
        if let seconds = wait(key) {
            throw Refusal(
                .tooManyRequests, "too-many", "too many \(name); ask again in \(seconds) s",
                retryAfterSeconds: seconds)
        }
    }

    /// Gives back what a call that was fine took.
    func giveBack(_ key: String) {
        buckets.withLock { buckets in
            guard let bucket = buckets[key] else { return }
            buckets[key]?.left = min(burst, bucket.left + 1)
        }
    }

    var count: Int { buckets.withLock { $0.count } }

    private func wait(_ key: String) -> Int? {
        let now = time.now()
        return buckets.withLock { buckets in
            if buckets[key] == nil, buckets.count >= Self.maximumKeys, isSweepDue(now) {
                buckets = buckets.filter { filled($0.value, now) < burst }
            }
            let key = buckets[key] == nil && buckets.count >= Self.maximumKeys ? "" : key
            let left = buckets[key].map { filled($0, now) } ?? burst
            guard left >= 1 else {
                buckets[key] = Bucket(left: left, at: now)
                return max(1, Int(((1 - left) * secondsEach).rounded(.up)))
            }
            buckets[key] = Bucket(left: left - 1, at: now)
            return nil
        }
    }

    private func isSweepDue(_ now: Double) -> Bool {
        sweptAt.withLock { at in
            guard abs(now - at) >= 1 else { return false }
            at = now
            return true
        }
    }

    /// A clock that was put back fills nothing.
    private func filled(_ bucket: Bucket, _ now: Double) -> Double {
        min(burst, bucket.left + max(0, now - bucket.at) / secondsEach)
    }
}
