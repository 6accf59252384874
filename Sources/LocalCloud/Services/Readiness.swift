internal import Host
internal import Transfer

/// Waits until a service answers.
struct Readiness: Sendable {
    static let pause = Duration.milliseconds(50)
    static let maximumLog = 1 << 20
    static let maximumWords = 400

    let transfer: TransferClient

    /// Any answer below 500 will do: it says that the service listens and thinks. Ends early if
    /// its process has ended.
    func wait(
        for name: String, url: String, deadline: Duration, log: String,
        isAlive: () throws -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now + deadline
        var last = "no attempt"
        while clock.now < end {
            guard try isAlive() else {
                throw LabError("'\(name)' ended while starting: \(Self.lastWords(log))")
            }
            do {
                let answer = try await transfer.send(
                    HTTPRequest("GET", url, proxyBypass: true),
                    limits: TransferLimits(connect: .seconds(2), total: .seconds(5)))
                if answer.status < 500 { return }
                last = "status \(answer.status)"
            } catch {
                last = "\(error)"
            }
            try await clock.sleep(for: Self.pause)
        }
        throw LabError(
            "waited \(deadline) for '\(name)' at '\(url)': \(last); its log is '\(log)'")
    }

    /// The last line of a log that is not blank, with where it stands.
    static func lastWords(_ log: String) -> String {
        let bytes = (try? Files().read(log, limit: maximumLog)) ?? []
        let line = bytes.split(separator: UInt8(ascii: "\n")).last { line in
            line.contains { $0 > 32 }
        }
        guard let line else { return "its log is '\(log)'" }
        return String(decoding: line.prefix(maximumWords), as: UTF8.self) + " ('\(log)')"
    }
}
