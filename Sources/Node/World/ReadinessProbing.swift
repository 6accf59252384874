/// Asks once whether something answers.
public protocol ReadinessProbing: Sendable {
    /// A TCP connection succeeds.
    func accepts(host: String, port: UInt16) async -> Bool
    /// The status and body of `GET`; nil if nobody answers.
    func get(_ url: String) async -> (status: Int, body: [UInt8])?
}
