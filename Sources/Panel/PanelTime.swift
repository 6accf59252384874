internal import Foundation

/// The wall clock and the source of random bytes, as parameters.
public struct PanelTime: Sendable {
    /// Seconds since 1970.
    public var now: @Sendable () -> Double
    /// Waits; ends early and throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// This many bytes that nobody can guess.
    public var random: @Sendable (Int) -> [UInt8]

    public init(
        now: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// The machine's clock and its cryptographic random source.
    public static let live = PanelTime(
        now: { Date().timeIntervalSince1970 },
        sleep: { try await Task.sleep(for: $0) },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        })
}
