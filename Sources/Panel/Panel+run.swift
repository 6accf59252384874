internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals

extension Panel {
    func application(
        onReady: @escaping @Sendable (_ address: String, _ port: Int) async -> Void = { _, _ in }
    ) -> some ApplicationProtocol {
        let host = settings.host
        return Application(
            router: router(),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    Self.maximumConnections)),
            onServerRunning: { channel in
                await onReady(host, channel.localAddress?.port ?? 0)
            }, logger: logger)
    }

    /// Serves until SIGTERM or SIGINT, which end long polls, let calls that are being answered
    /// finish, and stop the workers between two of their steps.
    public func run(
        onReady: @escaping @Sendable (_ address: String, _ port: Int) async -> Void
    ) async throws {
        // The last service is the first to be told to stop: whoever waits is answered before the
        // server waits for its connections.
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    worker, watcher, application(onReady: onReady), LongPollEnd(waiters: waiters),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        try database.close()
    }
}

/// Answers all long polls when the panel stops.
private struct LongPollEnd: Service {
    let waiters: Waiters

    func run() async throws {
        try? await gracefulShutdown()
        await waiters.close()
    }
}
