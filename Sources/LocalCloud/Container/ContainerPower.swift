internal import CLinux
internal import Glibc
internal import Host

/// `howdah local power`: one power-on of a container, from its mounts to its end. Says who its
/// first process is, makes its volumes' devices, keeps its console, and says how it ended.
public struct ContainerPower {
    /// How systemd-nspawn ends when its container asked for a reboot and it may not start it again
    /// itself (`--keep-unit`; EXIT_FORCE_RESTART of systemd's src/basic/exit-status.h).
    static let rebootStatus: Int32 = 133
    static let bufferSize = 1 << 16

    private let configuration: PowerConfiguration
    private var status = PowerStatus()

    /// Comes back when the instance has ended. Must have a mount namespace of its own.
    public static func run(configurationPath: String) throws {
        guard
            let configuration = try JSONFile.read(
                PowerConfiguration.self, from: configurationPath, in: Files())
        else { throw LabError("no configuration at '\(configurationPath)'") }
        var power = ContainerPower(configuration: configuration)
        try power.run()
    }

    private init(configuration: PowerConfiguration) {
        self.configuration = configuration
    }

    private mutating func run() throws {
        let groups = ControlGroups(name: configuration.groups)
        try ContainerRoot(configuration: configuration).mount()
        // After the mounts: they need a device that the instance itself may not use.
        try groups.join(getpid())
        try groups.restrict(loops: configuration.disks.map(\.loop))
        var pipe: [Int32] = [0, 0]
        guard howdah_pipe(&pipe) == 0 else { throw LabError("cannot make a pipe: error \(errno)") }
        let child = try ChildProcess.spawn(
            configuration.nspawn, Self.arguments(configuration),
            environment: configuration.environment, output: pipe[1])
        close(pipe[1])
        try follow(child, console: pipe[0], groups)
    }

    static func arguments(_ configuration: PowerConfiguration) -> [String] {
        let load = configuration.load.map { ["--bind=\(escaped($0)):\(ContainerSeed.loadFolder)"] }
        let blocks = escaped(configuration.folder + ContainerPaths.blocks)
        return [
            "--quiet", "--directory=\(configuration.folder)\(ContainerPaths.root)",
            "--machine=\(configuration.machine)", "--hostname=\(configuration.hostname)",
            // Ours, which is the instance's.
            "--uuid=\(configuration.uuid)", "--network-namespace-path=/proc/self/ns/net",
            // Its packet filter too: it closes metadata to all but root.
            "--capability=CAP_NET_ADMIN",
            "--register=no", "--keep-unit", "--console=read-only", "--resolv-conf=off",
            "--timezone=off", "--link-journal=no", "--bind-ro=\(blocks):/sys/block",
        ] + (load ?? []) + ["--boot"]
    }

    /// A colon separates the parts of `--bind`.
    private static func escaped(_ path: String) -> String {
        path.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
    }

    private mutating func follow(
        _ child: pid_t, console: Int32, _ groups: ControlGroups
    ) throws {
        var log = try ConsoleLog.open(configuration.console)
        var buffer = [UInt8](repeating: 0, count: Self.bufferSize)
        while true {
            var wait = pollfd(fd: console, events: Int16(POLLIN), revents: 0)
            poll(&wait, 1, status.first == nil ? 5 : -1)
            if wait.revents != 0 {
                let count = read(console, &buffer, buffer.count)
                // The end of the pipe is that of systemd-nspawn.
                if count <= 0 { break }
                log.append(buffer[..<count])
            }
            if status.first == nil, let first = Self.first(child) { try begin(first, groups) }
        }
        var code: Int32 = 0
        waitpid(child, &code, 0)
        status.end = Self.end(code)
        try say()
    }

    /// systemd-nspawn's child that is process 1 of its own (`NSpid` of `/proc/PID/status`). Helpers
    /// that it starts before are not, and still have this machine's root.
    private static func first(_ child: pid_t) -> ProcessIdentity? {
        ChildProcess.children(of: child).first { process in
            let text = try? Files(root: "/proc").text("/\(process.pid)/status")
            let line = text?.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
            return line?.split(whereSeparator: \.isWhitespace).dropFirst(2).last == "1"
        }
    }

    /// Its devices as early as can be: systemd mounts what fstab says within a moment, and does
    /// not wait for a device that no udev announces.
    private mutating func begin(_ first: ProcessIdentity, _ groups: ControlGroups) throws {
        status.first = first.pid
        status.firstStart = first.startTime
        try say()
        for disk in configuration.disks {
            try ContainerInstance.show(
                disk.disk, disk.loop, first: first, folder: configuration.folder, groups)
        }
    }

    /// Of a status as wait(2) gives it.
    static func end(_ code: Int32) -> PowerEnd {
        guard code & 0x7f == 0 else { return .lost }
        return switch (code >> 8) & 0xff {
        case 0: .off
        case rebootStatus: .reboot
        default: .lost
        }
    }

    private func say() throws {
        try JSONFile.write(status, to: ContainerPaths.status, in: Files(root: configuration.folder))
    }
}
