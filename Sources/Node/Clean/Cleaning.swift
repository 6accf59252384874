internal import ConfigFiles
public import Host

/// Takes away what boots have left on a machine, before an image is made of it. What is there
/// without us, and what packages have installed, stays.
public struct Cleaning: Sendable {
    static let logFolder = "/var/log/howdah"
    static let machineIDPath = "/etc/machine-id"
    static let busIDPath = "/var/lib/dbus/machine-id"
    /// systemd makes an id at the first boot of what has this (machine-id(5)).
    static let noMachineID = "uninitialized\n"

    /// What more is taken away than what boots need not find.
    public struct Options: Sendable {
        public var logs: Bool
        public var machineID: Bool

        public init(logs: Bool = false, machineID: Bool = false) {
            self.logs = logs
            self.machineID = machineID
        }
    }

    private let paths: HostPaths
    private let bootID: String
    private let systemd: Systemd?
    private var files: Files { paths.files }

    /// `systemd`: who keeps the daemons; nil where they are processes.
    public init(paths: HostPaths, bootID: String, systemd: Systemd?) {
        self.paths = paths
        self.bootID = bootID
        self.systemd = systemd
    }

    /// Removes it, and says what was removed, a line each; none where nothing was there. Throws a
    /// `CleaningRefused` before anything is removed where something of ours runs.
    public func run(_ options: Options = Options()) async throws -> [String] {
        guard let lock = try BootLock.take(files) else {
            throw CleaningRefused(running: ["a boot"], hasSystemd: systemd != nil)
        }
        let running = try await running()
        guard running.isEmpty else {
            throw CleaningRefused(running: running, hasSystemd: systemd != nil)
        }
        var removed = try await removeUnits()
        if try removeHostsBlock() { removed.append("the block in \(Neighbours.hostsPath)") }
        removed += try removeMountLines().map { "the line for \($0) in /etc/fstab" }
        if options.machineID { removed += try removeMachineID() }
        if options.logs { removed += try empty(Self.logFolder) }
        // Last: a run that is cut off finds the instances, and so their daemons, again.
        removed += try empty(StateStore.directory)
        _ = consume lock
        return removed
    }

    /// What of ours runs, by the names under which people stop it.
    private func running() async throws -> [String] {
        let store = StateStore(files: files)
        var running: [String] = []
        for instance in try names(in: StateStore.directory)
        where files.isDirectory("\(StateStore.directory)/\(instance)") {
            for record in try store.daemons(of: instance) {
                guard let process = record.process(proc: paths.proc, bootID: bootID) else {
                    continue
                }
                running.append("'\(record.name)' (\(process))")
            }
        }
        guard let systemd else { return running }
        for unit in try unitNames() + dropIns().map(\.unit) + ["howdah-agent.service"] {
            let state = try await systemd.show(unit, ["ActiveState"])["ActiveState"] ?? ""
            if ["active", "activating", "reloading", "deactivating"].contains(state) {
                running.append("'\(unit)'")
            }
        }
        return running
    }

    /// Units that a boot has written; others' units with such names are not ours.
    private func unitNames() throws -> [String] {
        try names(in: Systemd.unitFolder).filter { name in
            guard name.hasPrefix(UnitSupervisor.prefix), name.hasSuffix(".service"),
                let text = try files.textIfPresent("\(Systemd.unitFolder)/\(name)")
            else { return false }
            return SystemdUnit.inputs(in: text) != nil
        }
    }

    /// What boots have added to packages' own services.
    private func dropIns() throws -> [(unit: String, path: String)] {
        try names(in: Systemd.unitFolder).compactMap { name in
            let path = "\(Systemd.unitFolder)/\(name)/\(PackagedUnit.dropIn)"
            guard name.hasSuffix(".service.d"), let text = try files.textIfPresent(path),
                SystemdUnit.inputs(in: text) != nil
            else { return nil }
            return (String(name.dropLast(2)), path)
        }
    }

    private func removeUnits() async throws -> [String] {
        let units = try removeUnitFiles()
        guard let systemd, !units.isEmpty else { return units }
        try await systemd.reload()
        return units
    }

    private func removeUnitFiles() throws -> [String] {
        let units =
            try unitNames().map { "\(Systemd.unitFolder)/\($0)" } + dropIns().map(\.path)
        for unit in units { try files.remove(unit) }
        return units
    }

    private func removeHostsBlock() throws -> Bool {
        guard let text = try files.textIfPresent(Neighbours.hostsPath),
            text.split(separator: "\n").contains(where: { $0.hasPrefix(HostsFile.begin) })
        else { return false }
        let without = try HostsFile.replacingBlock(in: text, with: [])
        return try files.writeIfChanged(without, to: Neighbours.hostsPath)
    }

    /// An image of this machine gets volumes of its own. Says whose lines they were.
    private func removeMountLines() throws -> [String] {
        guard let text = try files.textIfPresent("/etc/fstab") else { return [] }
        let (without, mounts) = FstabLine.removingOurs(from: text)
        guard !mounts.isEmpty else { return [] }
        try files.writeIfChanged(without, to: "/etc/fstab")
        return mounts
    }

    /// Only where there is one: a file that is not there means something else to systemd.
    private func removeMachineID() throws -> [String] {
        var removed: [String] = []
        if let id = try files.textIfPresent(Self.machineIDPath), id != Self.noMachineID {
            try files.write(Self.noMachineID, to: Self.machineIDPath)
            removed.append("the id in \(Self.machineIDPath)")
        }
        // A link to the other is right as it is (machine-id(5)).
        if files.exists(Self.busIDPath), try files.linkTarget(Self.busIDPath) == nil {
            try files.remove(Self.busIDPath)
            removed.append(Self.busIDPath)
        }
        return removed
    }

    /// Removes all that is in a folder; the folder itself may belong to a package.
    private func empty(_ folder: String) throws -> [String] {
        let names = try names(in: folder)
        for name in names { try files.removeTree("\(folder)/\(name)") }
        return names.map { "\(folder)/\($0)" }
            .filter { $0 != BootLock.path }
    }

    private func names(in folder: String) throws -> [String] {
        files.isDirectory(folder) ? try files.list(folder) : []
    }
}

/// Something of ours runs, and would lose what is known of it.
struct CleaningRefused: Error, CustomStringConvertible {
    let running: [String]
    let hasSystemd: Bool

    var description: String {
        let remedy =
            hasSystemd
            ? "stop it with systemctl stop" : "end it"
        return "\(running.joined(separator: ", ")) runs: \(remedy), then clean; nothing was removed"
    }
}

extension FstabLine {
    /// `fstab` without lines of ours, and the mount points that these were for.
    static func removingOurs(from fstab: String) -> (text: String, mounts: [String]) {
        var kept: [Substring] = []
        var mounts: [String] = []
        var isOurs = false
        for line in fstab.split(separator: "\n", omittingEmptySubsequences: false) {
            if isOurs {
                let fields = line.split(whereSeparator: \.isWhitespace)
                if fields.count > 1 { mounts.append(String(fields[1])) }
                isOurs = false
            } else if line == comment {
                isOurs = true
            } else {
                kept.append(line)
            }
        }
        return (kept.joined(separator: "\n"), mounts)
    }
}
