internal import AWS
internal import Cluster
internal import Host

/// Brings a role's daemons up, each when what it waits for answers, and waits until it is ready.
/// One that runs with the same inputs is left alone.
struct DaemonKeeper: Sendable {
    static let pollInterval = Duration.milliseconds(200)
    static let logFolder = "/var/log/howdah"

    let world: NodeWorld
    /// Of the daemons that the stack describes whole.
    private let own: any DaemonSupervisor
    /// Daemons of the role that are their packages' own services, and these.
    private let units: [String: String]
    /// The role's configuration files, as they were written.
    let written: WrittenFiles
    /// Of the cluster's volumes.
    let mounts: [String]

    init(world: NodeWorld, plan: BootPlan, written: WrittenFiles) throws {
        self.world = world
        self.written = written
        mounts = plan.cluster.storage.map(\.mount)
        units = Dictionary(
            plan.part.daemons.compactMap { daemon in daemon.unit.map { (daemon.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        if let systemd = world.systemd {
            own = UnitSupervisor(systemd: systemd, files: world.paths.files)
        } else {
            own = ProcessSupervisor(
                store: StateStore(files: world.paths.files), instanceID: plan.facts.instanceID,
                proc: world.paths.proc, bootID: try world.bootID())
        }
    }

    /// Who keeps a daemon. Throws where it is a service and systemd does not run.
    func supervisor(of spec: DaemonSpec) throws -> any DaemonSupervisor {
        guard let unit = spec.unit else { return own }
        guard let systemd = world.systemd else {
            throw DaemonError(spec.name, "it is the unit '\(unit)', and systemd does not run here")
        }
        return PackagedUnit(unit: unit, systemd: systemd, files: world.paths.files)
    }

    /// Brings one daemon up; says whether it was started.
    func bringUp(_ spec: DaemonSpec, _ expansion: Expansion) async throws -> Bool {
        let program = try program(of: spec, expansion)
        let inputs = program.inputs(try written.hash(of: spec.reads?.map(expansion.expand)))
        let supervisor = try supervisor(of: spec)
        let running = try await supervisor.running(spec.name)
        if let running, running.inputs == inputs {
            try await wait(for: spec.readiness, spec, expansion, running, LogTail(program.log))
            return false
        }
        if running != nil {
            world.log.line("\(spec.name): stopping it, its configuration changed")
        }
        // Also one that systemd starts again and again.
        try await supervisor.stop(spec.name, grace: spec.stopDeadline)
        try await wait(for: spec.waitsFor, spec, expansion, nil, LogTail(program.log))
        try world.paths.files.makeDirectory(Self.logFolder, mode: 0o755)
        let words = LogTail(program.log)
        let started = try await supervisor.start(program, inputs: inputs, words: words)
        world.log.line("\(spec.name): started as \(started.label), log \(program.log)")
        try await wait(for: spec.readiness, spec, expansion, started, words)
        return true
    }

    func program(of spec: DaemonSpec, _ expansion: Expansion) throws -> DaemonProgram {
        DaemonProgram(
            name: spec.name, command: try expansion.expand(spec.command), unit: spec.unit,
            user: spec.user,
            shared: world.daemonEnvironment, environment: try expansion.expand(spec.environment),
            workingDirectory: try spec.directory.map { try expansion.expand($0) } ?? "/",
            log: world.paths.inside("\(Self.logFolder)/\(spec.name).log"), mounts: mounts,
            after: spec.after.map { units[$0] ?? UnitSupervisor.unit($0) },
            stopDeadline: spec.stopDeadline, resources: spec.resources,
            hasPrivateMounts: spec.hasPrivateMounts,
            masterAddress: try expansion.masterAddress(
                ifNamedIn: spec.command + Array(spec.environment.values)))
    }

    private func wait(
        for probes: [Probe], _ spec: DaemonSpec, _ expansion: Expansion,
        _ daemon: RunningDaemon?, _ log: LogTail
    ) async throws {
        for probe in try probes.map({ try $0.expanded(expansion) }) {
            _ = try await poll(
                every: Self.pollInterval, for: spec.deadline, clock: world.clock,
                what: "\(spec.name): \(probe.question); see '\(log.path)'"
            ) { () async throws -> Bool? in
                if await probe.answers(world.probes) { return true }
                if let how = try await daemon?.ending() {
                    // It must not come up later, when the boot has said that it did not.
                    try? await supervisor(of: spec).stop(spec.name, grace: spec.stopDeadline)
                    throw DaemonError(spec.name, "\(how) before it was ready: \(log.text)")
                }
                return nil
            }
        }
    }
}

/// A daemon that did not come up.
struct DaemonError: Error, CustomStringConvertible {
    let name: String
    let reason: String

    init(_ name: String, _ reason: String) {
        self.name = name
        self.reason = reason
    }

    var description: String { "daemon '\(name)': \(reason)" }
}
