internal import ConfigFiles
internal import Host

/// Long commands that end by themselves, as units of systemd.
struct OnceSupervisor: DaemonSupervisor {
    let systemd: Systemd
    let files: Files
    /// systemd ends them after so long, whether we are there or not.
    let limit: Duration
    /// Exit statuses that are no failures of the machine's.
    var good: [Int] = []

    func running(_ name: String) async throws -> RunningDaemon? {
        let unit = UnitSupervisor.unit(name)
        let found = try await UnitState.of(unit, systemd)
        return found.isAlive ? .unit(unit, "", restarts: found.restarts, systemd) : nil
    }

    func start(
        _ program: DaemonProgram, inputs: String, words: LogTail
    ) async throws -> RunningDaemon {
        let unit = UnitSupervisor.unit(program.name)
        let text = try UnitSupervisor.value(program, inputs)
            .renderLong(seconds: Int(limit.components.seconds), good: good)
        try await systemd.put(text, as: unit, files)
        await systemd.forgetFailures(unit)
        try await UnitSupervisor.start(unit, program, systemd) { words.textIfAny ?? $0 }
        return .unit(unit, inputs, restarts: 0, systemd)
    }

    func stop(_ name: String, grace: Duration) async throws {
        try await UnitSupervisor(systemd: systemd, files: files).stop(name, grace: grace)
    }
}
