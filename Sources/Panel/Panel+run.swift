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
            responder: OwnStack(base: router().buildResponder()),
            server: HTTPServerBuilder { [tls, connectionLimits] responder in
                PanelChannel(responder: responder, tls: tls, limits: connectionLimits)
            },
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
                services: metricServices() + [
                    Reloader(keeper: tls, time: time, logger: logger),
                    worker, watcher, launches, care, drains, balances, lifeKeeper, historyKeeper,
                    autoscaler,
                    application(onReady: onReady),
                    LongPollEnd(waiters: waiters),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        try database.close()
    }
}

extension Panel {
    /// What keeps metrics, and the ports that the settings name.
    private func metricServices() -> [any Service] {
        let ports: [(String, ListenAddress?, MetricLines.Form)] = [
            ("graphite", settings.graphite, .graphite), ("opentsdb", settings.openTSDB, .openTSDB),
        ]
        var services: [any Service] = [
            MetricKeeper(
                store: metrics, limit: settings.metricsLimit, time: time, logger: logger)
        ]
        for case (let name, let address?, let form) in ports {
            let lines = MetricLines(form: form, intake: intake, logger: logger)
            services.append(
                TCPService(name: name, address: address, logger: logger, serve: lines.serve))
        }
        services += feeds()
        for cluster in settings.clusters {
            guard let address = cluster.ganglia else { continue }
            let port = GangliaPort(viewer: viewer, store: metrics, cluster: cluster, time: time)
            services.append(
                TCPService(name: "ganglia", address: address, logger: logger) { _, outbound in
                    try await port.serve(outbound)
                })
        }
        return services
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
