internal import Host

/// What a lab's nodes and services wrote.
extension LabOperations {
    /// The words of a service, or of a node: a booted container's journal of all that is Howdah's,
    /// its console while it has no power, a light node's output.
    public func log(_ name: String, follow: Bool) throws -> NodeCommandLine {
        if try store.all().contains(where: { $0.name == name || $0.id == name }) {
            let record = try store.find(name)
            if let container = try instance(record.id) as? ContainerInstance,
                container.firstProcess() != nil
            {
                return try container.journal(follow: follow)
            }
            return Self.print(folder.inside(StateFolder.log(record.name)), follow)
        }
        let path = StateFolder.log(name)
        guard folder.files.exists(path) else {
            throw LabError("there is no node and no service '\(name)'")
        }
        return Self.print(folder.inside(path), follow)
    }

    /// What a node's console showed, the older piece first.
    public func console(_ node: String, follow: Bool) throws -> NodeCommandLine {
        let record = try store.find(node)
        let path = folder.inside(StateFolder.log(record.name))
        let older = ConsoleLog.older(path)
        return Self.print(path, after: Files().exists(older) ? older : nil, follow)
    }

    /// By tail(1), which also follows a file that is replaced.
    private static func print(
        _ path: String, after older: String? = nil, _ follow: Bool
    ) -> NodeCommandLine {
        let files = (older.map { [$0] } ?? []) + [path]
        let words = ["/usr/bin/tail", "-q", "-n", "+1"] + (follow ? ["-F"] : []) + files
        return NodeCommandLine(words, environment: ["PATH": ContainerInstance.path])
    }
}

extension ContainerInstance {
    /// Of all units of Howdah, the daemons' among them, since the power-on.
    fileprivate func journal(follow: Bool) throws -> NodeCommandLine {
        try enter(
            ["journalctl", "--boot", "--no-pager", "--unit=howdah-*"]
                + (follow ? ["--follow", "--lines=all"] : []))
    }
}
