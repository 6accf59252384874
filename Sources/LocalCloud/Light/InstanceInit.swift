internal import CLinux
internal import Glibc
internal import Host
internal import Synchronization

/// The first process of a light instance: boots it, keeps its agent running, collects orphans, ends
/// it. PID 1 where the instance has a process-id namespace; else a subreaper (prctl(2)), who knows
/// what is its own by the mark.
public struct InstanceInit {
    /// An agent that ends is started again, at most so often in a boot.
    static let maximumAgentStarts = 20
    static let restartPause = Duration.seconds(1)
    static let maximumPause = Duration.seconds(30)
    /// What everything in the instance has between SIGTERM and SIGKILL.
    static let endingLimit = Duration.seconds(10)
    static let poll: UInt32 = 20_000

    private static let isEnding = Atomic<Bool>(false)

    private let configuration: InitConfiguration
    private let clock = ContinuousClock()
    private var status = InitStatus(phase: .booting)
    private var boot: pid_t = 0
    private var agent: pid_t = 0
    private var agentDue: ContinuousClock.Instant?

    /// Comes back when the instance has ended. Must be PID 1, but on the loopback.
    public static func run(configurationPath: String) throws {
        guard
            let configuration = try JSONFile.read(
                InitConfiguration.self, from: configurationPath, in: Files())
        else { throw LabError("no configuration at '\(configurationPath)'") }
        guard getpid() == 1 || configuration.isolation == .loopback else {
            throw LabError("init is the first process of an instance; 'howdah local up' starts it")
        }
        var instance = InstanceInit(configuration: configuration)
        try instance.prepare()
        try instance.loop()
    }

    private init(configuration: InitConfiguration) {
        self.configuration = configuration
    }

    private func prepare() throws {
        signal(SIGTERM) { _ in InstanceInit.isEnding.store(true, ordering: .relaxed) }
        guard configuration.isolation == .namespaces else {
            guard howdah_become_subreaper() == 0 else {
                throw LabError("cannot become the parent of orphans: error \(errno)")
            }
            return
        }
        let name = configuration.hostname
        guard sethostname(name, name.utf8.count) == 0 else {
            throw LabError("cannot set the host name '\(name)': error \(errno)")
        }
        let scratch = HostPaths(root: configuration.status).root
        let folder = scratch.lastIndex(of: "/").map { String(scratch[..<$0]) } ?? "/"
        try HostsLink.bind(root: configuration.root, scratch: folder)
    }

    private mutating func loop() throws {
        boot = try start("boot")
        try say()
        while !Self.isEnding.load(ordering: .relaxed) {
            while let child = ChildProcess.collect() { try ended(child.pid, child.exit) }
            if let due = agentDue, clock.now >= due { try startAgent() }
            usleep(Self.poll)
        }
        try end()
    }

    private func start(_ verb: String) throws -> pid_t {
        let words =
            configuration.launcher + [
                configuration.node, verb, "--root", configuration.root,
            ]
        var environment = configuration.environment
        environment[LightInstance.firstProcessVariable] = String(getpid())
        return try ChildProcess.spawn(
            words[0], Array(words.dropFirst()), environment: environment)
    }

    private mutating func ended(_ pid: pid_t, _ exit: ChildEnd) throws {
        if pid == boot {
            boot = 0
            status.boot = exit.description
            // 2: degraded; it still is a member of its cluster and has to say so.
            if exit == .exited(0) || exit == .exited(2) {
                agentDue = clock.now
            } else {
                status.phase = .bootFailed
            }
            try say()
        } else if pid == agent {
            agent = 0
            let pause = Self.restartPause * (1 << min(status.agentStarts, 5))
            agentDue = clock.now + min(pause, Self.maximumPause)
        }
    }

    private mutating func startAgent() throws {
        agentDue = nil
        guard status.agentStarts < Self.maximumAgentStarts else {
            status.phase = .agentFailed
            return try say()
        }
        status.agentStarts += 1
        status.phase = .agent
        agent = try start("agent")
        try say()
    }

    /// The agent first, so that it does not report what we do as a failure; then all else.
    private mutating func end() throws {
        status.phase = .ending
        try say()
        if agent > 0 {
            kill(agent, SIGTERM)
            collect(until: clock.now + .seconds(2)) { $0 == agent }
        }
        everyone(SIGTERM)
        collect(until: clock.now + Self.endingLimit) { _ in false }
        everyone(SIGKILL)
        sync()
    }

    /// On the loopback a signal to -1 would end all that the user runs.
    private func everyone(_ signal: Int32) {
        switch configuration.isolation {
        case .namespaces: kill(-1, signal)
        case .loopback: MarkedProcesses(marks: configuration.marks).signal(signal)
        }
    }

    private var isAlone: Bool {
        switch configuration.isolation {
        case .namespaces: kill(-1, 0) != 0
        case .loopback: MarkedProcesses(marks: configuration.marks).alive().isEmpty
        }
    }

    /// Collects children until the wanted one has ended or none is left.
    private func collect(until end: ContinuousClock.Instant, _ isWanted: (pid_t) -> Bool) {
        while clock.now < end {
            while let child = ChildProcess.collect() {
                if isWanted(child.pid) { return }
            }
            if isAlone { return }
            usleep(Self.poll)
        }
    }

    private func say() throws {
        try JSONFile.write(status, to: configuration.status, in: Files())
    }
}
