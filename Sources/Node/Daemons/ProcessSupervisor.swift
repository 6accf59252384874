internal import Host

/// Daemons where there is no systemd: processes of their own, recorded by id and start time.
struct ProcessSupervisor: DaemonSupervisor {
    let store: StateStore
    let instanceID: String
    let proc: String
    let bootID: String

    func running(_ name: String) throws -> RunningDaemon? {
        guard let record = try record(name),
            let process = record.process(proc: proc, bootID: bootID)
        else {
            return nil
        }
        return daemon(process, record.inputs)
    }

    /// Records the mark before the process and its id after: a power cut between leaves a record
    /// that finds the process.
    func start(
        _ program: DaemonProgram, inputs: String, words: LogTail
    ) throws -> RunningDaemon {
        var generator = SystemRandomNumberGenerator()
        let mark = "\(program.name)-" + String(generator.next(), radix: 16)
        var record = DaemonRecord(
            name: program.name, mark: mark, identity: nil, bootID: bootID, inputs: inputs)
        try keep(record)
        let identity: ProcessIdentity
        do {
            identity = try process(program, mark).spawn(proc: proc)
        } catch {
            throw DaemonError(program.name, "\(error): \(words.text)")
        }
        record.identity = identity
        try keep(record)
        return daemon(identity, inputs)
    }

    func stop(_ name: String, grace: Duration) async throws {
        guard let process = try record(name)?.process(proc: proc, bootID: bootID) else { return }
        guard await process.terminate(grace: grace, proc: proc) else {
            throw DaemonError(name, "the running \(process) could not be stopped")
        }
    }

    private func process(_ program: DaemonProgram, _ mark: String) -> DetachedProcess {
        var command = program.command
        if let user = program.user {
            command =
                ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"]
                + command
        }
        var environment = program.wholeEnvironment
        environment[DaemonRecord.markVariable] = mark
        return DetachedProcess(
            executable: command.removeFirst(), arguments: command, environment: environment,
            workingDirectory: program.workingDirectory, log: program.log)
    }

    private func daemon(_ process: ProcessIdentity, _ inputs: String) -> RunningDaemon {
        RunningDaemon(inputs: inputs, label: "\(process)") { [proc] in
            process.isAlive(proc: proc) ? nil : "it ended"
        }
    }

    private func record(_ name: String) throws -> DaemonRecord? {
        try store.daemons(of: instanceID).first { $0.name == name }
    }

    private func keep(_ record: DaemonRecord) throws {
        let others = try store.daemons(of: instanceID).filter { $0.name != record.name }
        try store.keep(others + [record], of: instanceID)
    }
}
