internal import Cluster
internal import ConfigFiles
internal import Host

/// Daemons as units of systemd, in a folder that is empty at power-on: nothing starts them before
/// the boot has found their disk and written their files, and a crash later is systemd's to mend.
struct UnitSupervisor: DaemonSupervisor {
    static let prefix = "howdah-"
    /// Beyond a unit's own limits, for systemd to do what it is asked.
    static let patience = Duration.seconds(30)

    let systemd: Systemd
    let files: Files

    func running(_ name: String) async throws -> RunningDaemon? {
        let unit = Self.unit(name)
        let found = try await UnitState.of(unit, systemd)
        guard found.isRunning else { return nil }
        let text = try files.textIfPresent(Self.path(unit)) ?? ""
        return daemon(unit, SystemdUnit.inputs(in: text) ?? "", restarts: found.restarts)
    }

    /// The unit is written only here, when it does not run: a unit that runs was started with the
    /// inputs that its file names.
    func start(
        _ program: DaemonProgram, inputs: String, words: LogTail
    ) async throws -> RunningDaemon {
        let unit = Self.unit(program.name)
        try files.makeDirectory(Systemd.unitFolder)
        let isNew = try files.writeIfChanged(
            try Self.value(program, inputs).render(), to: Self.path(unit))
        let known = try await UnitState.of(unit, systemd)
        if isNew || known.isStale { try await systemd.reload() }
        // Starts by hand count too, against the limit of how often it may be started.
        await systemd.forgetFailures(unit)
        do {
            try await systemd.start(unit, deadline: Self.patience)
        } catch let error as ProcessError {
            let state = try await UnitState.of(unit, systemd)
            try? await systemd.stop(unit, deadline: program.stopDeadline + Self.patience)
            throw DaemonError(
                program.name,
                "\(state.ending) before it was ready: \(words.textIfAny ?? error.reason)")
        }
        return daemon(unit, inputs, restarts: 0)
    }

    func stop(_ name: String, grace: Duration) async throws {
        let unit = Self.unit(name)
        guard try await UnitState.of(unit, systemd).isKnown else { return }
        try await systemd.stop(unit, deadline: grace + Self.patience)
    }

    private func daemon(_ unit: String, _ inputs: String, restarts: Int) -> RunningDaemon {
        RunningDaemon(inputs: inputs, label: unit) { [systemd] in
            let state = try await UnitState.of(unit, systemd)
            return state.isRunning && state.restarts == restarts ? nil : state.ending
        }
    }

    static func unit(_ name: String) -> String { "\(prefix)\(name).service" }

    private static func path(_ unit: String) -> String { "\(Systemd.unitFolder)/\(unit)" }

    /// Deciding only.
    static func value(_ program: DaemonProgram, _ inputs: String) -> SystemdUnit {
        SystemdUnit(
            description: "Howdah: \(program.name)", command: program.command,
            environment: program.wholeEnvironment, user: program.user,
            workingDirectory: program.workingDirectory, log: program.log,
            mounts: program.mounts, after: program.after.map(unit),
            stopSeconds: Int(program.stopDeadline.components.seconds),
            limits: limits(program), inputs: inputs)
    }
}

extension UnitSupervisor {
    private static func limits(_ program: DaemonProgram) -> SystemdUnit.Limits {
        let resources = program.resources
        return SystemdUnit.Limits(
            slice: resources.slice.map { "howdah-\($0).slice" } ?? "howdah.slice",
            cpuWeight: resources.cpuWeight, ioWeight: resources.ioWeight,
            memoryMax: resources.memoryMax?.bytes, openFiles: resources.openFiles,
            hasPrivateMounts: program.hasPrivateMounts)
    }
}

/// What systemd says of a unit.
struct UnitState: Sendable, Equatable {
    static let properties = [
        "LoadState", "ActiveState", "SubState", "Result", "NRestarts", "NeedDaemonReload",
        "ExecMainCode", "ExecMainStatus",
    ]

    var values: [String: String]

    static func of(_ unit: String, _ systemd: Systemd) async throws -> UnitState {
        UnitState(values: try await systemd.show(unit, properties))
    }

    /// Not one that systemd is about to start again after it ended.
    var isRunning: Bool { values["ActiveState"] == "active" }
    var isKnown: Bool { values["LoadState"] == "loaded" }
    /// Its file is another one than systemd has read.
    var isStale: Bool { !isKnown || values["NeedDaemonReload"] == "yes" }
    /// How often systemd started it again since it was started by hand.
    var restarts: Int { values["NRestarts"].flatMap { Int($0) } ?? 0 }

    /// How it ended, in systemd's words.
    var ending: String {
        let status = values["ExecMainStatus"] ?? ""
        // CLD_KILLED and CLD_DUMPED (waitid(2)).
        let how = ["2", "3"].contains(values["ExecMainCode"]) ? "signal" : "exit"
        return "it ended (\(values["Result"] ?? "unknown"), \(how) \(status))"
    }
}
