internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Looks at the certificate's files every now and then, and when SIGHUP comes; without TLS a SIGHUP
/// changes nothing, and ends nothing.
struct Reloader: Service {
    /// Between two looks at the files.
    static let interval = Duration.seconds(30)

    let keeper: TLSKeeper?
    let time: PanelTime
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch() }
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) { look() }
                }
                try await group.waitForAll()
            }
        }
    }

    private func watch() async throws {
        while true {
            try await time.sleep(Self.interval)
            look()
        }
    }

    private func look() {
        guard let keeper else { return }
        do {
            if try keeper.reload() {
                logger.notice("new certificate", metadata: ["key": "\(keeper.pin)"])
            }
        } catch {
            logger.error("the certificate stays as it was", metadata: ["error": "\(error)"])
        }
    }
}
