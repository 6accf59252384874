internal import AWS
internal import Cluster
internal import FoundationEssentials
internal import HadoopMetrics
internal import Host
internal import PanelAPI

/// HDFS's balancer on the master: started once for each run that the panel wants, found again by
/// another agent, and stopped when it is not wanted any more. What it has moved stays moved.
struct Balancer: Sendable {
    typealias Expanding = @Sendable () async throws -> Expansion

    static let name = "balancer"
    static let log = "\(DaemonKeeper.logFolder)/\(name).log"
    static let tailBytes = 256 << 10
    static let grace = Duration.seconds(30)
    /// systemd's own limit is beyond ours, which has words.
    static let patience = 120
    static let maximumBytes = 300
    /// DataNodes that came meanwhile hear of the bandwidth, too.
    static let tellSeconds = 300.0
    /// A mark of a balancer that was cut off is free after a minute or two, safe mode often too.
    static let tryAgainSeconds = 30.0
    static let earlySeconds = 600.0
    /// Of Hadoop 1 for a balanced cluster, of a stop by SIGTERM, and of `NO_MOVE_PROGRESS` and
    /// `NO_MOVE_BLOCK` (`ExitStatus.java`).
    static let goodStatuses = [1, 143, 253, 254]

    let world: NodeWorld
    let plan: BootPlan
    private(set) var daemon: DaemonSpec
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
            self.daemon.user = spec.user ?? daemon.user
            self.spec = spec
            self.bootID = bootID
            store = StateStore(files: world.paths.files)
            return
        }
        return nil
    }

    /// Whether HDFS's daemons have been started: before that nothing can be balanced.
    func isReady() throws -> Bool {
        guard let boot = try store.status(ofBoot: bootID) else { return false }
        return boot.stage == .done || boot.stage == .degraded
    }

    /// No run is wanted: one that still goes on is stopped.
    func rest() async throws {
        guard let record = try records().last, record.ending == nil else { return }
        try await supervisor(limitSeconds: 0).stop(Self.name, grace: Self.grace)
        _ = try end(record, .cancelled, "the panel does not want it any more")
    }

    /// How a run ended of which the panel has not heard it.
    func untold() throws -> BalancerRecord? {
        try records().last { $0.ending != nil && !$0.isHeard }
    }

    func heard(_ run: String) throws {
        guard var record = try record(of: run), record.ending != nil else { return }
        record.isHeard = true
        try keep(record)
    }

    /// Brings a run on; says how it stands. `expanding` is asked only where something is started.
    func turn(
        _ run: BalanceTask.Run, _ expanding: @escaping Expanding
    ) async throws -> BalanceReport {
        let supervisor = try supervisor(limitSeconds: run.terms.limitSeconds)
        let known = try record(of: run.id)
        if let ending = known?.ending { return ending }
        let isRunning = try await supervisor.running(Self.name) != nil
        guard let record = known else {
            let new = BalancerRecord(run: run.id, bootID: bootID, startedAt: seconds())
            guard !run.isCancelled else { return try end(new, .cancelled, "it had not begun") }
            // Of a run that the panel has given up.
            if isRunning { try await supervisor.stop(Self.name, grace: Self.grace) }
            return try await start(new, run, supervisor, expanding)
        }
        return isRunning
            ? try await look(record, run, supervisor, expanding)
            : try await next(record, run, supervisor, expanding)
    }

    /// It runs.
    private func look(
        _ record: BalancerRecord, _ run: BalanceTask.Run, _ supervisor: any DaemonSupervisor,
        _ expanding: Expanding
    ) async throws -> BalanceReport {
        if let stop = stop(record, run) {
            try await supervisor.stop(Self.name, grace: Self.grace)
            return try end(record, stop.state, stop.words, try output())
        }
        if seconds() - record.toldAt > Self.tellSeconds {
            var record = record
            record.toldAt = seconds()
            try keep(record)
            do { try await tell(try await expansion(for: run, expanding)) } catch {
                world.log.line("balancer: DataNodes that came later: \(error)")
            }
        }
        return BalanceReport(
            state: .running, words: "HDFS's balancer runs", round: Self.round(try output()))
    }

    /// It does not run, and how it ended was not looked at yet.
    private func next(
        _ record: BalancerRecord, _ run: BalanceTask.Run, _ supervisor: any DaemonSupervisor,
        _ expanding: Expanding
    ) async throws -> BalanceReport {
        let output = try output()
        let isCut = !record.isStarted || (output.ending == nil && record.bootID != bootID)
        let isWaiting = record.nextTryAt != nil
        if isWaiting || isCut || output.ending == nil, let stop = stop(record, run) {
            return try end(record, stop.state, stop.words, output)
        }
        if let at = record.nextTryAt, seconds() < at { return try waiting(output) }
        guard isWaiting || isCut else { return try end(record, output) }
        return try await start(record, run, supervisor, expanding)
    }

    /// Why it is to go on no longer; nil while it may.
    private func stop(
        _ record: BalancerRecord, _ run: BalanceTask.Run
    ) -> (state: BalanceView.State, words: String)? {
        if run.isCancelled { return (.cancelled, "it was stopped") }
        let limit = run.terms.limitSeconds
        guard seconds() - record.startedAt > Double(limit) else { return nil }
        return (.failed, "it was stopped after \(limit) s, its limit")
    }

    private func start(
        _ record: BalancerRecord, _ run: BalanceTask.Run, _ supervisor: any DaemonSupervisor,
        _ expanding: Expanding
    ) async throws -> BalanceReport {
        var record = record
        record.bootID = bootID
        record.isStarted = false
        record.nextTryAt = nil
        record.toldAt = seconds()
        try keep(record)
        let files = world.paths.files
        try files.makeDirectory(DaemonKeeper.logFolder, mode: 0o755)
        // What the one before has said stays for who asks.
        if files.exists(Self.log) { try files.rename(Self.log, to: Self.log + ".1") }
        let expansion = try await expansion(for: run, expanding)
        do {
            try await tell(expansion)
            let program = try DaemonKeeper(world: world, plan: plan, written: WrittenFiles())
                .program(Self.name, spec.command, with: daemon, expansion)
            _ = try await supervisor.start(program, inputs: "", words: LogTail(program.log))
        } catch {
            guard !(error is CancellationError), !Task.isCancelled else { throw error }
            let output = try output()
            // It ended while it was being started.
            guard output.ending == nil else { return try end(record, output) }
            return try end(record, .failed, "it could not be started: \(error)")
        }
        record.isStarted = true
        try keep(record)
        world.log.line("balancer: started for \(run.id), log \(Self.log)")
        return BalanceReport(state: .running, words: "HDFS's balancer has been started")
    }

    private func tell(_ expansion: Expansion) async throws {
        try await DaemonCommand(
            name: "\(Self.name)-bandwidth", words: spec.bandwidth,
            failure: "the DataNodes were not told of the bandwidth"
        ).run(of: daemon, in: world, plan, expansion)
    }

    private func expansion(
        for run: BalanceTask.Run, _ expanding: Expanding
    ) async throws -> Expansion {
        var expansion = try await expanding()
        expansion.values[.balancerBandwidth] = "\(run.terms.bandwidth)"
        expansion.values[.balancerThreshold] = "\(run.terms.threshold)"
        return expansion
    }

    private func output() throws -> BalancerOutput {
        let bytes = try world.paths.files.tail(Self.log, limit: Self.tailBytes) ?? []
        return BalancerOutput(String(decoding: bytes, as: UTF8.self))
    }

    private func supervisor(limitSeconds: Int) throws -> any DaemonSupervisor {
        let files = world.paths.files
        if let systemd = world.systemd {
            return OnceSupervisor(
                systemd: systemd, files: files, limit: .seconds(limitSeconds + Self.patience),
                good: Self.goodStatuses)
        }
        return ProcessSupervisor(
            store: store, instanceID: plan.facts.instanceID, proc: world.paths.proc,
            bootID: bootID)
    }

    private func seconds() -> Double { world.now().timeIntervalSince1970 }
}

extension Balancer {
    private func end(
        _ record: BalancerRecord, _ output: BalancerOutput
    ) throws -> BalanceReport {
        switch output.ending {
        case .balanced:
            return try end(record, .balanced, "all DataNodes are within the threshold", output)
        case .settled(let words): return try end(record, .settled, words, output)
        case .early(let words): return try wait(record, words, output)
        case .failed(let words):
            let said = words.isEmpty ? "see \(Self.log) on the master" : words
            return try end(record, .failed, said, output)
        case nil:
            let last = output.lastLine.isEmpty ? "" : ", after '\(output.lastLine)'"
            return try end(record, .failed, "it ended and did not say why\(last)", output)
        }
    }

    /// Again in a while, unless it has been waited for long enough.
    private func wait(
        _ record: BalancerRecord, _ words: String, _ output: BalancerOutput
    ) throws -> BalanceReport {
        var record = record
        let since = record.earlySince ?? seconds()
        guard seconds() - since < Self.earlySeconds else {
            return try end(record, .failed, words, output)
        }
        record.earlySince = since
        record.nextTryAt = seconds() + Self.tryAgainSeconds
        try keep(record)
        world.log.line("balancer: it cannot begin yet: \(words)")
        return try waiting(output)
    }

    private func waiting(_ output: BalancerOutput) throws -> BalanceReport {
        guard case .early(let words) = output.ending else {
            return BalanceReport(state: .running, words: "HDFS's balancer is started again")
        }
        return BalanceReport(
            state: .running, words: Self.short("it cannot begin yet, and is tried again: \(words)"))
    }

    private func end(
        _ record: BalancerRecord, _ state: BalanceView.State, _ words: String,
        _ output: BalancerOutput? = nil
    ) throws -> BalanceReport {
        var record = record
        var round = output.flatMap(Self.round)
        if state == .balanced { round?.leftBytes = 0 }
        let ending = BalanceReport(state: state, words: Self.short(words), round: round)
        record.ending = ending
        try keep(record)
        world.log.line("balancer: \(record.run) is \(state.rawValue): \(ending.words)")
        return ending
    }

    private static func short(_ words: String) -> String {
        String(decoding: words.utf8.prefix(maximumBytes), as: UTF8.self)
    }

    private static func round(_ output: BalancerOutput) -> BalanceRound? {
        output.round.map {
            BalanceRound(
                number: $0.number + 1, movedBytes: $0.movedBytes,
                leftBytes: output.remainingBytes)
        }
    }

    private func records() throws -> [BalancerRecord] {
        try store.balancers(of: plan.facts.instanceID)
    }

    private func record(of run: String) throws -> BalancerRecord? {
        try records().last { $0.run == run }
    }

    private func keep(_ record: BalancerRecord) throws {
        let others = try records().filter { $0.run != record.run }
        try store.keep(
            others.suffix(BalancerRecord.maximumKept - 1) + [record],
            of: plan.facts.instanceID)
    }
}
