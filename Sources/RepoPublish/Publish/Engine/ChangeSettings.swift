/// What a change to a repository takes from outside.
public struct ChangeSettings: Sendable {
    /// What `repomd.xml` is signed with.
    public var key: SigningKey?
    /// User and host, for the history.
    public var who: String
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64
    /// In 0..<1, for the wait after a conflict.
    public var random: @Sendable () -> Double
    public var clock: any Clock<Duration>
    public var progress: @Sendable (PublishEvent) -> Void

    public init(
        key: SigningKey? = nil, who: String, now: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        clock: any Clock<Duration> = ContinuousClock(),
        progress: @escaping @Sendable (PublishEvent) -> Void = { _ in }
    ) {
        self.key = key
        self.who = who
        self.now = now
        self.random = random
        self.clock = clock
        self.progress = progress
    }
}

/// What happens while a repository is changed.
public enum PublishEvent: Sendable, Hashable {
    /// This much is to be sent, packages alone.
    case planned(objects: Int, bytes: Int64)
    /// So many more bytes of a package are at the store.
    case stored(path: String, bytes: Int64)
    /// An object is at the store.
    case sent(path: String, bytes: Int64)
    /// Somebody else published; what is there now is read, and the change made again.
    case conflict(attempt: Int)
}
