internal import Host

/// A daemon that this instance started, so that it can be found again: by process id with start
/// time, or, if the power went between starting it and writing that down, by its mark.
struct DaemonRecord: Codable, Sendable, Equatable {
    var name: String
    /// Random; in the daemon's environment as `HOWDAH_DAEMON`.
    var mark: String
    /// Nil while it is being started.
    var identity: ProcessIdentity?
    /// The boot that started it: after another one its id and start time mean nothing.
    var bootID: String
    /// Of the command, its environment and the role's files: another value means start it anew.
    var inputs: String

    static let markVariable = "HOWDAH_DAEMON"
}

extension DaemonRecord {
    /// The living process of this record, if there is one; none of a boot before this one.
    func process(proc: String, bootID: String) -> ProcessIdentity? {
        guard bootID == self.bootID else { return nil }
        if let identity { return identity.isAlive(proc: proc) ? identity : nil }
        let wanted = "\(Self.markVariable)=\(mark)"
        let files = Files(root: proc)
        for name in (try? files.list("/")) ?? [] {
            guard let pid = Int32(name), let text = try? files.text("/\(name)/environ"),
                text.split(separator: "\0").contains(where: { $0 == wanted })
            else { continue }
            return ProcessIdentity.of(pid: pid, proc: proc)
        }
        return nil
    }
}
