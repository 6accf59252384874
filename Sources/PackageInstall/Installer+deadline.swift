internal import Host

extension Installer {
    func withMetadataDeadline<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withDeadline(
            deadlines.metadata, waitingFor: "reading the metadata of the repositories", body)
    }

    /// A run that takes longer ends with an error that names what took so long.
    func withDeadline<Result: Sendable>(
        _ limit: Duration, waitingFor what: String,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await Host.withDeadline(
            limit, clock: clock,
            late: {
                InstallError.timedOut(waitingFor: what, seconds: limit.components.seconds)
            }, body)
    }
}
