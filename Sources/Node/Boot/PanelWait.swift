internal import Host
internal import PanelClient

/// Waits for a panel that is not there yet, and says on the console what it waits for. A panel that
/// answers no is not asked again.
struct PanelWait: Sendable {
    /// Tries between two lines on the console.
    static let triesPerLine = 6

    let panel: String
    let deadlines: BootDeadlines
    let clock: any Clock<Duration>
    let log: @Sendable (String) -> Void

    func first<Value: Sendable>(_ call: () async throws -> Value) async throws -> Value {
        var cause: PanelError?
        var tries = 0
        do {
            return try await poll(
                every: deadlines.panelInterval, for: deadlines.panel, clock: clock, what: panel
            ) { () async throws -> Value? in
                do {
                    return try await call()
                } catch let error as PanelError where error.isAbsence {
                    if tries % Self.triesPerLine == 0 {
                        log("enrol: waiting for the panel at \(panel): \(error)")
                    }
                    tries += 1
                    cause = error
                    return nil
                }
            }
        } catch is DeadlinePassed {
            throw PanelAbsent(limit: deadlines.panel, cause: cause)
        }
    }
}

extension PanelError {
    /// Nobody is there, or something before the panel says so (RFC 9110: 502, 503, 504).
    var isAbsence: Bool {
        switch self {
        case .unreachable: true
        case .misunderstood(_, let status, _): [502, 503, 504].contains(status)
        case .refused, .noIdentity, .wrongKey: false
        }
    }
}

/// The panel did not come in time.
struct PanelAbsent: Error, CustomStringConvertible {
    let limit: Duration
    let cause: PanelError?

    var description: String {
        let why = cause.map { "\($0)" } ?? "the panel did not answer"
        return "\(why), then run howdah-node boot again (waited \(limit.inSeconds) s)"
    }
}
