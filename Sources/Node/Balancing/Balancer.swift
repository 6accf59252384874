internal import AWS
internal import Cluster
internal import FoundationEssentials
internal import HadoopMetrics
internal import Host
internal import PanelAPI

/// HDFS's balancer on the master: started once for each run that the panel wants, found again by
/// another agent, and stopped when it is not wanted any more. What it has moved stays moved.
struct Balancer: Sendable {
    static let name = "balancer"
    static let log = "\(DaemonKeeper.logFolder)/\(name).log"
    static let tailBytes = 256 << 10
    static let grace = Duration.seconds(30)
    /// systemd's own limit is beyond ours, which has words.
    static let patience = 120
    static let maximumWords = 300

    let world: NodeWorld
    let plan: BootPlan
    let daemon: DaemonSpec
    let spec: BalancerSpec
    let bootID: String
    let store: StateStore

    /// Nil where the role has none.
    init?(world: NodeWorld, plan: BootPlan, bootID: String) {
        for daemon in plan.part.daemons {
            guard let spec = daemon.balancer else { continue }
            self.world = world
            self.plan = plan
            self.daemon = daemon
            self.spec = spec
            self.bootID = bootID
            store = StateStore(files: world.paths.files)
            return
        }
        return nil
    }

    private var instanceID: String { plan.facts.instanceID }

    /// Whether HDFS's daemons have been started: before that nothing can be balanced.
    func isReady() throws -> Bool {
        guard let boot = try store.status(ofBoot: bootID) else { return false }
        return boot.stage == .done || boot.stage == .degraded
    }

    /// No run is wanted: one that still goes on is stopped.
    func rest() async throws {
        guard let record = try store.balancer(of: instanceID), record.ending == nil else { return }
        try await supervisor(nil).stop(Self.name, grace: Self.grace)
        _ = try end(record, .cancelled, "the panel does not want it any more")
    }

    /// Brings a run on; says how it stands.
    func turn(_ run: BalanceTask.Run, _ expansion: Expansion) async throws -> BalanceReport {
        let supervisor = try supervisor(run.terms)
        let isRunning = try await supervisor.running(Self.name) != nil
        guard let record = try store.balancer(of: instanceID), record.run == run.id else {
            let new = BalancerRecord(run: run.id, bootID: bootID, startedAt: seconds())
            guard !run.isCancelled else { return try end(new, .cancelled, "it had not begun") }
            // Of a run that the panel has given up.
            if isRunning { try await supervisor.stop(Self.name, grace: Self.grace) }
            return try await start(new, run, supervisor, expansion)
        }
        if let ending = record.ending { return ending }
        let output = try output()
        if !isRunning {
            let isCut = output.ending == nil && record.bootID != bootID
            guard !run.isCancelled, isCut || !record.isStarted else {
                return try end(record, output)
            }
            return try await start(record, run, supervisor, expansion)
        }
        let limit = run.terms.limitSeconds
        let isLate = seconds() - record.startedAt > Double(limit)
        guard run.isCancelled || isLate else {
            return BalanceReport(
                state: .running, words: "HDFS's balancer runs", round: Self.round(output))
        }
        try await supervisor.stop(Self.name, grace: Self.grace)
        return run.isCancelled
            ? try end(record, .cancelled, "it was stopped", output)
            : try end(record, .failed, "it was stopped after \(limit) s, its limit", output)
    }

    private func start(
        _ record: BalancerRecord, _ run: BalanceTask.Run, _ supervisor: any DaemonSupervisor,
        _ expansion: Expansion
    ) async throws -> BalanceReport {
        var record = record
        record.bootID = bootID
        record.isStarted = false
        try store.keep(record, of: instanceID)
        let files = world.paths.files
        try files.makeDirectory(DaemonKeeper.logFolder, mode: 0o755)
        // What the one before has said stays for who asks.
        if files.exists(Self.log) { try files.rename(Self.log, to: Self.log + ".1") }
        do {
            var expansion = expansion
            expansion.values[.balancerBandwidth] = "\(run.terms.bandwidth)"
            expansion.values[.balancerThreshold] = "\(run.terms.threshold)"
            try await start(supervisor, expansion)
        } catch {
            guard !(error is CancellationError) else { throw error }
            let output = try output()
            // It ended while it was being started.
            guard output.ending == nil else { return try end(record, output) }
            return try end(record, .failed, "it could not be started: \(error)")
        }
        record.isStarted = true
        try store.keep(record, of: instanceID)
        world.log.line("balancer: started for \(run.id), log \(Self.log)")
        return BalanceReport(state: .running, words: "HDFS's balancer has been started")
    }

    private func start(_ supervisor: any DaemonSupervisor, _ expansion: Expansion) async throws {
        try await DaemonCommand(
            name: "\(Self.name)-bandwidth", words: spec.bandwidth,
            failure: "the DataNodes were not told of the bandwidth"
        ).run(of: daemon, in: world, plan, expansion)
        let program = try DaemonKeeper(world: world, plan: plan, written: WrittenFiles())
            .program(
                of: DaemonCommand(name: Self.name, words: spec.command, failure: ""),
                with: daemon, expansion)
        _ = try await supervisor.start(program, inputs: "", words: LogTail(program.log))
    }

    private func end(
        _ record: BalancerRecord, _ output: BalancerOutput
    ) throws -> BalanceReport {
        switch output.ending {
        case .balanced:
            return try end(record, .balanced, "all DataNodes are within the threshold", output)
        case .settled(let words): return try end(record, .settled, words, output)
        case .failed(let words): return try end(record, .failed, words, output)
        case nil:
            let last = output.lastLine.isEmpty ? "" : ", after '\(output.lastLine)'"
            return try end(record, .failed, "it ended and did not say why\(last)", output)
        }
    }

    private func end(
        _ record: BalancerRecord, _ state: BalanceView.State, _ words: String,
        _ output: BalancerOutput? = nil
    ) throws -> BalanceReport {
        var record = record
        let ending = BalanceReport(
            state: state, words: String(words.prefix(Self.maximumWords)),
            round: output.flatMap(Self.round))
        record.ending = ending
        try store.keep(record, of: instanceID)
        world.log.line("balancer: \(record.run) is \(state.rawValue): \(ending.words)")
        return ending
    }

    private static func round(_ output: BalancerOutput) -> BalanceRound? {
        output.round.map {
            BalanceRound(
                number: $0.number + 1, movedBytes: $0.movedBytes, leftBytes: $0.leftBytes)
        }
    }

    private func output() throws -> BalancerOutput {
        let bytes = try world.paths.files.tail(Self.log, limit: Self.tailBytes) ?? []
        return BalancerOutput(String(decoding: bytes, as: UTF8.self))
    }

    private func supervisor(_ terms: BalanceTerms?) throws -> any DaemonSupervisor {
        let files = world.paths.files
        if let systemd = world.systemd {
            let limit = (terms?.limitSeconds ?? 0) + Self.patience
            return OnceSupervisor(systemd: systemd, files: files, limit: .seconds(limit))
        }
        return ProcessSupervisor(
            store: store, instanceID: instanceID, proc: world.paths.proc, bootID: bootID)
    }

    private func seconds() -> Double { world.now().timeIntervalSince1970 }
}
