internal import Cluster
internal import Digests
internal import Host

/// Starts a role's daemons where there is no systemd: as processes of their own, recorded by id and
/// start time, left alone while they run with the same inputs.
struct DaemonKeeper: Sendable {
    static let pollInterval = Duration.milliseconds(200)
    static let logFolder = "/var/log/howdah"

    let world: NodeWorld
    let instanceID: String
    /// Of the role's configuration files.
    let filesHash: String

    private var store: StateStore { StateStore(files: world.paths.files) }

    /// Brings one daemon up; says whether it was started.
    func bringUp(_ spec: DaemonSpec, _ expansion: Expansion) async throws -> Bool {
        let program = try program(of: spec, expansion)
        let inputs = inputs(program)
        let found = try store.daemons(of: instanceID).first { $0.name == spec.name }
        var running = found?.process(proc: world.paths.proc)
        let isCurrent = found?.inputs == inputs
        if let old = running, !isCurrent {
            world.log.line("\(spec.name): stopping it, its configuration changed")
            guard await old.terminate(grace: spec.stopDeadline, proc: world.paths.proc) else {
                throw DaemonError(spec.name, "the running \(old) could not be stopped")
            }
            running = nil
        }
        if let running {
            try await wait(for: spec.readiness, spec, expansion, running, LogTail(program.log))
            return false
        }
        try await wait(for: spec.waitsFor, spec, expansion, nil, LogTail(program.log))
        let words = LogTail(program.log)
        let started = try start(spec.name, program, inputs, words)
        try await wait(for: spec.readiness, spec, expansion, started, words)
        return true
    }

    private func program(of spec: DaemonSpec, _ expansion: Expansion) throws -> DetachedProcess {
        var command = try expansion.expand(spec.command)
        if let user = spec.user {
            command =
                ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"]
                + command
        }
        var environment = world.daemonEnvironment
        environment.merge(try expansion.expand(spec.environment)) { _, own in own }
        return DetachedProcess(
            executable: command.removeFirst(), arguments: command, environment: environment,
            workingDirectory: try spec.directory.map { try expansion.expand($0) } ?? "/",
            log: world.paths.inside("\(Self.logFolder)/\(spec.name).log"))
    }

    private func inputs(_ program: DetachedProcess) -> String {
        var text = "\(program.executable)\n\(program.arguments)\n\(program.workingDirectory)\n"
        // What the caller's environment has, PATH or LANG, is no reason to restart a daemon.
        let own = program.environment.filter { world.daemonEnvironment[$0.key] != $0.value }
        for (name, value) in own.sorted(by: { $0.key < $1.key }) {
            text += "\(name)=\(value)\n"
        }
        return Digest.of(Array((text + filesHash).utf8)).hex
    }

    /// Records the mark before the process and its id after: a power cut between leaves a record
    /// that finds the process.
    private func start(
        _ name: String, _ program: DetachedProcess, _ inputs: String, _ words: LogTail
    ) throws -> ProcessIdentity {
        try world.paths.files.makeDirectory(Self.logFolder, mode: 0o755)
        var generator = SystemRandomNumberGenerator()
        let mark = "\(name)-" + String(generator.next(), radix: 16)
        var record = DaemonRecord(name: name, mark: mark, identity: nil, inputs: inputs)
        try keep(record)
        var marked = program
        marked.environment[DaemonRecord.markVariable] = mark
        let identity: ProcessIdentity
        do {
            identity = try marked.spawn(proc: world.paths.proc)
        } catch {
            throw DaemonError(name, "\(error): \(words.text)")
        }
        record.identity = identity
        try keep(record)
        world.log.line("\(name): started as \(identity), log \(program.log)")
        return identity
    }

    private func keep(_ record: DaemonRecord) throws {
        let others = try store.daemons(of: instanceID).filter { $0.name != record.name }
        try store.keep(others + [record], of: instanceID)
    }

    private func wait(
        for probes: [Probe], _ spec: DaemonSpec, _ expansion: Expansion,
        _ process: ProcessIdentity?, _ log: LogTail
    ) async throws {
        for probe in try probes.map({ try $0.expanded(expansion) }) {
            _ = try await poll(
                every: Self.pollInterval, for: spec.deadline, clock: world.clock,
                what: "\(spec.name): \(probe.question); see '\(log.path)'"
            ) { () async throws -> Bool? in
                if await probe.answers(world.probes) { return true }
                if let process, !process.isAlive(proc: world.paths.proc) {
                    throw DaemonError(spec.name, "it ended before it was ready: \(log.text)")
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
