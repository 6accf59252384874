public import FoundationEssentials

/// The machine's idea of the date and time. Library code takes it as a parameter, and this is the
/// value that programs give.
public enum WallClock {
    @Sendable public static func now() -> Date { Date() }
}
