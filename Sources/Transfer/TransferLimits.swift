/// The bounds of one attempt.
public struct TransferLimits: Sendable, Equatable {
    /// Name lookup, TCP and TLS together.
    public var connect: Duration
    /// From start to last byte, including the wait for a free connection.
    public var total: Duration
    /// How long less than `minimumRate` may come; nil for long polls.
    public var stall: Duration?
    /// Bytes a second, on the average of `stall`.
    public var minimumRate: Int64 = 1
    /// Bytes of a response's body; more is an error.
    public var maximumBody: Int64

    public init(
        connect: Duration = .seconds(10), total: Duration = .seconds(60),
        stall: Duration? = .seconds(30), maximumBody: Int64 = 16 << 20
    ) {
        self.connect = connect
        self.total = total
        self.stall = stall
        self.maximumBody = maximumBody
    }

    /// For calls whose answer fits into memory.
    public static let call = TransferLimits()

    /// For files: half an hour, 16 GiB, and never 30 seconds without a byte.
    public static let file = TransferLimits(total: .seconds(1800), maximumBody: 16 << 30)
}
