internal import Cluster
internal import ConfigFiles
internal import Host

/// A command that goes with a daemon, such as one that has it read its lists again: run to its end,
/// as the daemon's user, with its environment and in its folder.
struct DaemonCommand: Sendable {
    static let deadline = Duration.seconds(120)

    /// As units and logs are called.
    let name: String
    /// Program and arguments, with variables.
    let words: [String]
    /// What is wrong where it fails.
    let failure: String

    func run(
        of daemon: DaemonSpec, in world: NodeWorld, _ plan: BootPlan, _ expansion: Expansion
    ) async throws {
        guard let systemd = world.systemd else {
            return try await RoleCommand(
                command: words, environment: daemon.environment, user: daemon.user,
                directory: daemon.directory, deadline: Self.deadline
            ).run(in: world, expansion)
        }
        let program = try DaemonKeeper(world: world, plan: plan, written: WrittenFiles())
            .program(name, words, with: daemon, expansion)
        try await run(program, daemon, world, systemd)
    }

    /// As a unit of its own: the agent is confined so that no Java machine could run within.
    private func run(
        _ program: DaemonProgram, _ daemon: DaemonSpec, _ world: NodeWorld, _ systemd: Systemd
    ) async throws {
        let files = world.paths.files
        let unit = UnitSupervisor.unit(program.name)
        let seconds = Int(Self.deadline.components.seconds)
        let text = try UnitSupervisor.value(program, "").renderOnce(seconds: seconds)
        try files.makeDirectory(DaemonKeeper.logFolder, mode: 0o755)
        try await systemd.put(text, as: unit, files)
        do {
            try await systemd.start(unit, deadline: Self.deadline + UnitSupervisor.patience)
        } catch let error as ProcessError {
            throw DaemonError(daemon.name, "\(failure): \(error.reason); see \(program.log)")
        }
    }
}

extension DaemonKeeper {
    /// What a command that goes with a daemon is started as.
    func program(
        _ name: String, _ words: [String], with daemon: DaemonSpec, _ expansion: Expansion
    ) throws -> DaemonProgram {
        var program = try program(of: daemon, expansion)
        program.name = name
        program.command = try expansion.expand(words)
        program.log = world.paths.inside("\(Self.logFolder)/\(name).log")
        program.unit = nil
        program.after = []
        program.resources = DaemonResources()
        program.hasPrivateMounts = false
        return program
    }
}
