internal import ConfigFiles
internal import Host

/// A service that the daemon's package has brought. What it runs is the package's to say; a drop-in
/// adds what only the boot knows: its volume, the environment, what it may use. The drop-in is in
/// a folder that is empty at power-on, as units of ours are.
struct PackagedUnit: DaemonSupervisor {
    static let dropIn = "50-howdah.conf"

    /// With its `.service`.
    let unit: String
    let systemd: Systemd
    let files: Files

    private var path: String { "\(Systemd.unitFolder)/\(unit).d/\(Self.dropIn)" }
    private var journal: String { "see journalctl --unit=\(unit)" }

    func running(_ name: String) async throws -> RunningDaemon? {
        let found = try await UnitState.of(unit, systemd)
        guard found.isRunning else { return nil }
        let inputs = SystemdUnit.inputs(in: try files.textIfPresent(path) ?? "") ?? ""
        return .unit(unit, inputs, restarts: found.restarts, systemd)
    }

    func start(
        _ program: DaemonProgram, inputs: String, words: LogTail
    ) async throws -> RunningDaemon {
        try check(try await UnitState.of(unit, systemd), program.name)
        try files.makeDirectory("\(Systemd.unitFolder)/\(unit).d")
        let text = try UnitSupervisor.value(program, inputs).renderDropIn()
        let isNew = try files.writeIfChanged(text, to: path)
        let known = try await UnitState.of(unit, systemd)
        if isNew || known.isStale { try await systemd.reload() }
        await systemd.forgetFailures(unit)
        try await UnitSupervisor.start(unit, program, systemd) { "\($0); \(journal)" }
        return .unit(unit, inputs, restarts: 0, systemd)
    }

    func stop(_ name: String, grace: Duration) async throws {
        guard try await UnitState.of(unit, systemd).isKnown else { return }
        try await systemd.stop(unit, deadline: grace + UnitSupervisor.patience)
    }

    private func check(_ state: UnitState, _ name: String) throws {
        guard state.isKnown else {
            let found = state.values["LoadState"] ?? "unknown"
            throw DaemonError(
                name, "the unit '\(unit)' is \(found): is its package among the role's packages?")
        }
        // It would start before its disk is mounted and its files are written.
        guard !state.isEnabled else {
            throw DaemonError(
                name,
                "'\(unit)' is enabled, so it starts before its disk is there; in the image, run: "
                    + "systemctl disable \(unit)")
        }
    }
}
