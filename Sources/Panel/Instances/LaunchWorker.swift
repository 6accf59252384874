internal import Logging
internal import PanelAPI

/// Brings launches to nodes and terminations to their end. It keeps nothing in memory: after a
/// restart it goes on where the database and EC2 say that things stand.
struct LaunchWorker: RoundWorker {
    /// Launches asked for at once.
    static let maximumConcurrent = 8

    let launches: LaunchRepository
    let steps: LaunchSteps
    let cloud: any Cloud
    let wake: WakeUp
    let time: PanelTime
    let logger: Logger
    /// Between looks at EC2 while something is under way.
    let pollInterval: Duration

    /// One step of everything that is under way; how much still is.
    func round() async -> Int {
        do {
            try await launches.closeEnded(now: time.now())
            let open = try await launches.open()
            await request(open.filter { $0.state == .requested })
            try await watch(open.filter { $0.state == .launched })
            let ending = try await launches.openTerminations()
            for record in ending { await end(record) }
            return open.count + ending.count
        } catch {
            guard !Task.isCancelled else { return 0 }
            logger.warning("cannot work on launches", metadata: ["error": "\(error)"])
            return 1
        }
    }

    private func request(_ records: [LaunchRecord]) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, record) in records.enumerated() {
                if index >= Self.maximumConcurrent { await group.next() }
                group.addTask {
                    await self.trying(record.id) {
                        guard let next = try await self.steps.request(record) else { return }
                        try await self.keep(next, after: record)
                    }
                }
            }
        }
    }

    /// All that EC2 has made are asked for in one question.
    private func watch(_ records: [LaunchRecord]) async throws {
        guard !records.isEmpty else { return }
        let found = try await cloud.instances(records.compactMap(\.instanceID))
        for record in records {
            let instance = found.first { $0.id == record.instanceID }
            guard let next = try await steps.watch(record, instance) else { continue }
            try await keep(next, after: record)
        }
    }

    private func keep(_ next: LaunchRecord, after record: LaunchRecord) async throws {
        let problem = next.problem.map { ": \($0)" } ?? ""
        let audit = AuditLog.Entry(
            actor: "panel", action: "launch-\(next.state.rawValue)", subject: next.id,
            detail: "\(next.instanceID ?? "no instance"), \(next.role)\(problem)")
        try await launches.update(next, audit: audit, now: time.now())
    }

    private func end(_ record: TerminationRecord) async {
        await trying(record.instanceID) {
            guard let next = try await steps.end(record) else { return }
            let audit = AuditLog.Entry(
                actor: "panel", action: next.doneAt == nil ? "terminate-problem" : "terminated",
                subject: next.node, detail: next.problem ?? next.instanceID)
            try await launches.update(next, audit: audit, now: time.now())
        }
    }

    private func trying(_ subject: String, _ body: () async throws -> Void) async {
        do { try await body() } catch {
            logger.warning(
                "launch or end waits", metadata: ["of": "\(subject)", "error": "\(error)"])
        }
    }
}
