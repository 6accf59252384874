internal import Cluster
internal import ConfigFiles
internal import Host

/// Has a daemon read its lists again: by a command, as the daemon's user.
struct Refresh: Sendable {
    static let deadline = Duration.seconds(120)

    let world: NodeWorld
    let plan: BootPlan

    func run(_ daemon: DaemonSpec, _ expansion: Expansion) async throws {
        guard let systemd = world.systemd else {
            return try await RoleCommand(
                command: daemon.refresh, environment: daemon.environment, user: daemon.user,
                directory: daemon.directory, deadline: Self.deadline
            ).run(in: world, expansion)
        }
        try await run(daemon, expansion, systemd)
    }

    /// As a unit of its own: the agent is confined so that no Java machine could run within.
    private func run(
        _ daemon: DaemonSpec, _ expansion: Expansion, _ systemd: Systemd
    ) async throws {
        let files = world.paths.files
        var program = try DaemonKeeper(world: world, plan: plan, written: WrittenFiles())
            .program(of: daemon, expansion)
        program.name = "refresh-\(daemon.name)"
        program.command = try expansion.expand(daemon.refresh)
        program.log = world.paths.inside("\(DaemonKeeper.logFolder)/\(program.name).log")
        program.after = []
        program.resources = DaemonResources()
        program.hasPrivateMounts = false
        let unit = UnitSupervisor.unit(program.name)
        let seconds = Int(Self.deadline.components.seconds)
        let text = try UnitSupervisor.value(program, "").renderOnce(seconds: seconds)
        try files.makeDirectory(DaemonKeeper.logFolder, mode: 0o755)
        if try files.writeIfChanged(text, to: "\(Systemd.unitFolder)/\(unit)") {
            try await systemd.reload()
        }
        do {
            try await systemd.start(unit, deadline: Self.deadline + UnitSupervisor.patience)
        } catch let error as ProcessError {
            throw DaemonError(
                daemon.name, "it was not told of the members: \(error.reason); see \(program.log)")
        }
    }
}
