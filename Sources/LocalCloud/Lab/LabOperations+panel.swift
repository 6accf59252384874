internal import Glibc
internal import Host

extension LabOperations {
    /// Kills the lab's panel and starts it again on what it left.
    public func restartPanel(deadline: Duration = .seconds(30)) async throws {
        let clients = try LabClients(folder: folder)
        guard
            let programs = try JSONFile.read(
                Programs.self, from: StateFolder.programs, in: folder.files)
        else { throw LabError("'\(folder.path)' does not say which programs the lab runs") }
        let tools = try Tools.locate(
            environment: ProcessEnvironment.current, withServices: false)
        let processes = OwnedProcesses(folder: folder, lab: clients.lab, tools: tools)
        // No farewell: what it was at is cut off.
        try processes.identity(PanelService.name)?.signal(SIGKILL)
        try await processes.stop(PanelService.name)
        try PanelService(
            folder: folder, lab: clients.lab, secrets: clients.secrets, tools: tools,
            program: programs.panel
        ).start()
        try await Readiness(transfer: clients.transfer).wait(
            for: PanelService.name, url: clients.endpoints.panel + "/healthz", deadline: deadline,
            log: folder.inside(StateFolder.log(PanelService.name))
        ) { try processes.isAlive(PanelService.name) }
    }
}
