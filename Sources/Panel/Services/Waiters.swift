/// Long polls that wait for something to change. Topics share buckets: a change wakes all that wait
/// in its bucket, and who was woken for nothing looks and waits again.
actor Waiters {
    static let maximumWaiting = 20_000
    static let maximumSeconds = 30
    private static let bucketCount = 256

    private struct Bucket {
        var version: UInt64 = 0
        var sleeping: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let time: PanelTime
    private var buckets = [Bucket](repeating: Bucket(), count: bucketCount)
    /// Calls that are being answered; true once their time is over.
    private var isOver: [UInt64: Bool] = [:]
    private var lastID: UInt64 = 0
    private var isClosed = false

    init(time: PanelTime) { self.time = time }

    /// Of calls that wait.
    var count: Int { isOver.count }

    /// Asks `look` until it has an answer, at first now and then after each change of the topic;
    /// nil once `seconds` are over or the panel stops.
    func first<Value: Sendable>(
        _ topic: String, within seconds: Int, _ look: @Sendable () async throws -> Value?
    ) async throws -> Value? {
        guard seconds > 0 else { return try await look() }
        guard isOver.count < Self.maximumWaiting else { throw Refusal.busy("long polls") }
        let index = Self.bucket(of: topic)
        let id = begin(in: index, seconds: seconds)
        defer { isOver[id.number] = nil }
        defer { id.alarm.cancel() }
        while true {
            let version = buckets[index].version
            if let value = try await look() { return value }
            if isClosed || isOver[id.number] == true { return nil }
            await sleep(id.number, in: index, since: version)
            try Task.checkCancellation()
        }
    }

    /// Waits; true where the panel stops, which ends it at once.
    func rest(seconds: Int) async throws -> Bool {
        guard !isClosed else { return true }
        _ = try await first("rest", within: seconds) { nil as Bool? }
        return isClosed
    }

    func changed(_ topic: String) { wake(bucket: Self.bucket(of: topic)) }

    /// Answers all that wait; nobody waits from now on.
    func close() {
        isClosed = true
        for index in buckets.indices { wake(bucket: index) }
    }

    private func begin(
        in index: Int, seconds: Int
    ) -> (number: UInt64, alarm: Task<Void, Never>) {
        lastID += 1
        let id = lastID
        isOver[id] = false
        let alarm = Task { [time] in
            try? await time.sleep(.seconds(min(seconds, Self.maximumSeconds)))
            self.end(id, in: index)
        }
        return (id, alarm)
    }

    private func sleep(_ id: UInt64, in index: Int, since version: UInt64) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let hasNews = buckets[index].version != version || isOver[id] == true
                guard !hasNews, !isClosed, !Task.isCancelled else { return continuation.resume() }
                buckets[index].sleeping[id] = continuation
            }
        } onCancel: {
            Task { await self.end(id, in: index) }
        }
    }

    private func wake(bucket index: Int) {
        buckets[index].version += 1
        for continuation in buckets[index].sleeping.values { continuation.resume() }
        buckets[index].sleeping = [:]
    }

    private func end(_ id: UInt64, in index: Int) {
        guard isOver[id] != nil else { return }
        isOver[id] = true
        buckets[index].sleeping.removeValue(forKey: id)?.resume()
    }

    /// FNV-1a, 64 bits.
    private static func bucket(of topic: String) -> Int {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in topic.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        return Int(hash % UInt64(bucketCount))
    }
}
