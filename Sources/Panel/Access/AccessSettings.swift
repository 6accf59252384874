/// What `panel.yaml` says of who may come in.
public struct AccessSettings: Sendable, Equatable {
    public static let defaultEnrolmentsPerMinute = 300
    public static let defaultConnectionsPerAddress = 1_000

    /// Whether the page and what is on it are shown to whoever reaches it.
    public var isPageOpen = false
    /// Whether HTTP without TLS is good enough on an address that is not this machine's alone.
    public var isPlainHTTPAllowed = false
    /// Of challenges and enrolments, from one address.
    public var enrolmentsPerMinute = defaultEnrolmentsPerMinute
    /// At once, from one address.
    public var connectionsPerAddress = defaultConnectionsPerAddress

    public init() {}
}
