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
        return .unit(unit, SystemdUnit.inputs(in: text) ?? "", restarts: found.restarts, systemd)
    }

    /// The unit is written only here, when it does not run: a unit that runs was started with the
    /// inputs that its file names.
    func start(
        _ program: DaemonProgram, inputs: String, words: LogTail
    ) async throws -> RunningDaemon {
        let unit = Self.unit(program.name)
        try await systemd.put(try Self.value(program, inputs).render(), as: unit, files)
        // Starts by hand count too, against the limit of how often it may be started.
        await systemd.forgetFailures(unit)
        try await Self.start(unit, program, systemd) { words.textIfAny ?? $0 }
        return .unit(unit, inputs, restarts: 0, systemd)
    }

    func stop(_ name: String, grace: Duration) async throws {
        let unit = Self.unit(name)
        guard try await UnitState.of(unit, systemd).isKnown else { return }
        try await systemd.stop(unit, deadline: grace + Self.patience)
    }

    /// Starts it, and stops it again where it did not come up. `words`: what is to be said of that,
    /// made from systemd's reason.
    static func start(
        _ unit: String, _ program: DaemonProgram, _ systemd: Systemd, words: (String) -> String
    ) async throws {
        do {
            try await systemd.start(unit, deadline: patience)
        } catch let error as ProcessError {
            let state = try await UnitState.of(unit, systemd)
            try? await systemd.stop(unit, deadline: program.stopDeadline + patience)
            throw DaemonError(
                program.name, "\(state.ending) before it was ready: \(words(error.reason))")
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
            mounts: program.mounts, after: program.after,
            stopSeconds: Int(program.stopDeadline.components.seconds),
            limits: limits(program), inputs: inputs)
    }
}

extension UnitSupervisor {
    static func limits(_ program: DaemonProgram) -> SystemdUnit.Limits {
        let resources = program.resources
        return SystemdUnit.Limits(
            slice: resources.slice.map { "howdah-\($0).slice" } ?? "howdah.slice",
            cpuWeight: resources.cpuWeight, ioWeight: resources.ioWeight,
            memoryMax: resources.memoryMax?.bytes, openFiles: resources.openFiles,
            hasPrivateMounts: program.hasPrivateMounts)
    }
}

extension Systemd {
    /// Has a unit's text known; nothing is read again where it is.
    func put(_ text: String, as unit: String, _ files: Files) async throws {
        try files.makeDirectory(Systemd.unitFolder)
        let isNew = try files.writeIfChanged(text, to: "\(Systemd.unitFolder)/\(unit)")
        let known = try await UnitState.of(unit, self)
        if isNew || known.isStale { try await reload() }
    }
}
