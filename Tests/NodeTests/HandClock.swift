import Synchronization

/// A clock whose time passes only when a test says so: nothing that waits on it ends by itself.
final class HandClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (first: Instant, second: Instant) -> Bool { first.offset < second.offset }
    }

    private struct Sleeper {
        var end: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Face {
        var now = Instant(offset: .zero)
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]
        /// Sleeps that were cancelled before they were begun.
        var cancelled: Set<Int> = []
    }

    private let face = Mutex(Face())

    var now: Instant { face.withLock { $0.now } }
    var minimumResolution: Duration { .zero }
    /// The ends that are slept for, the earliest first.
    var alarms: [Duration] { face.withLock { $0.sleepers.values.map(\.end.offset).sorted() } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = face.withLock { face in
            face.nextID += 1
            return face.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver: Result<Void, any Error>? = face.withLock { face in
                    if face.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if deadline <= face.now { return .success(()) }
                    face.sleepers[id] = Sleeper(end: deadline, continuation: continuation)
                    return nil
                }
                if let isOver { continuation.resume(with: isOver) }
            }
        } onCancel: {
            let sleeper = face.withLock { face in
                let sleeper = face.sleepers.removeValue(forKey: id)
                if sleeper == nil { face.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    func advance(by duration: Duration) {
        let woken = face.withLock { face in
            face.now = face.now.advanced(by: duration)
            let over = face.sleepers.filter { $0.value.end <= face.now }
            for id in over.keys { face.sleepers[id] = nil }
            return over.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Waits until somebody sleeps until just this time.
    func awaitAlarm(at offset: Duration) async throws {
        while !alarms.contains(offset) { try await Task.sleep(for: .milliseconds(2)) }
    }
}
