internal import Host

/// lxcfs, which shows a container its own load, memory and time since its start. One for a lab, in
/// a mount namespace of its own, from which the instances' are made.
struct LoadView: Sendable {
    static let name = "lxcfs"
    static let deadline = Duration.seconds(5)

    let processes: OwnedProcesses

    init(_ processes: OwnedProcesses) { self.processes = processes }

    private var path: String { processes.folder.inside(StateFolder.load) }

    /// Says whether it runs.
    func start() async throws -> Bool {
        guard let program = processes.tools.lxcfs else { return false }
        try processes.folder.files.makeDirectory(StateFolder.load)
        try processes.start(
            Self.name, processes.tools.unshare,
            [
                "--mount", "--propagation", "private", program, "-f", "-l", "--enable-cfs",
                "-p", processes.folder.inside(StateFolder.services + "/lxcfs.pid"), path,
            ])
        let clock = ContinuousClock()
        let end = clock.now + Self.deadline
        while clock.now < end, let process = try process {
            if Files(root: "/proc/\(process.pid)/root").exists(path + "/proc/loadavg") {
                return true
            }
            try await clock.sleep(for: .milliseconds(20))
        }
        try await processes.stop(Self.name)
        return false
    }

    private var process: ProcessIdentity? {
        get throws { try processes.identity(Self.name).flatMap { $0.isAlive() ? $0 : nil } }
    }

    /// Of the mounts; nil where it does not run.
    var namespace: String? { get throws { try process.map { "/proc/\($0.pid)/ns/mnt" } } }
    var folder: String? { get throws { try process.map { _ in path } } }
}
