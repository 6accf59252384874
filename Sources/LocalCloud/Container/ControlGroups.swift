internal import Glibc
internal import Host

/// The control groups of one instance, of one name in every hierarchy: they keep systemd's tree of
/// one instance apart from that of the next, and all of its processes together.
struct ControlGroups: Sendable {
    /// cgroups(7). The first two are for systemd; the others let lxcfs count, and limit devices.
    static let hierarchies = ["unified", "systemd", "cpu", "cpuacct", "memory", "devices"]
    static let base = "/sys/fs/cgroup"
    static let maximumDepth = 16
    static let endingLimit = Duration.seconds(10)
    static let freezingLimit = Duration.milliseconds(300)

    let name: String
    var root = Files(root: base)

    /// The folders that hold groups here: one where version 2 alone is mounted.
    static func roots(_ root: Files = Files(root: base)) -> [String] {
        if root.exists("/cgroup.controllers") { return [""] }
        return hierarchies.filter { root.exists("/\($0)/cgroup.procs") }.map { "/" + $0 }
    }

    private var folders: [String] { Self.roots(root).map { "\($0)/\(name)" } }
    /// The hierarchy of version 2.
    private var unified: String? {
        folders.first { root.exists("\($0)/cgroup.events") }
    }

    /// Puts a process into them; its children are born there.
    func join(_ process: Int32) throws {
        for folder in folders {
            try root.makeDirectory(folder)
            try Self.put("\(process)", root.root + folder + "/cgroup.procs")
        }
    }

    /// From now on its processes may use those loop devices alone, and no other block device
    /// (Documentation/admin-guide/cgroup-v1/devices.rst of Linux).
    func restrict(loops: [String]) throws {
        guard let folder = devices else { return }
        try Self.put("a", root.root + folder + "/devices.deny")
        try Self.put("c *:* rwm", root.root + folder + "/devices.allow")
        for loop in loops { try allow(loop) }
    }

    func allow(_ loop: String) throws { try change(loop, "devices.allow") }
    func deny(_ loop: String) throws { try change(loop, "devices.deny") }

    private var devices: String? {
        folders.first { root.exists("\($0)/devices.allow") }
    }

    private func change(_ loop: String, _ file: String) throws {
        guard let folder = devices else { return }
        let number = "b \(LoopImage.major):\(try LoopImage.minor(loop)) rwm"
        try Self.put(number, root.root + folder + "/" + file)
    }

    /// Stops all of its processes where they are. Gives up where one cannot be stopped in time.
    func freeze() async throws {
        guard let payload else { return }
        try Self.put("1", root.root + payload + "/cgroup.freeze")
        let end = ContinuousClock.now + Self.freezingLimit
        while ContinuousClock.now < end {
            if try root.text(payload + "/cgroup.events").contains("frozen 1") { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// What was frozen goes on, as far as it is still there.
    func thaw() {
        if let payload { try? Self.put("0", root.root + payload + "/cgroup.freeze") }
    }

    /// Where systemd-nspawn puts what runs inside; nil where there is none that can be frozen.
    private var payload: String? {
        unified.map { $0 + "/payload" }.flatMap { root.exists($0 + "/cgroup.freeze") ? $0 : nil }
    }

    /// SIGKILL for all, then removes the groups, inner ones first: systemd makes groups below.
    func end() async throws {
        let clock = ContinuousClock()
        let end = clock.now + Self.endingLimit
        while try !remove() {
            for process in processes() { process.signal(SIGKILL) }
            guard clock.now < end else {
                throw LabError(
                    "waited \(Self.endingLimit) for the processes in the control groups '\(name)' "
                        + "to end; look into '\(root.root)/*/\(name)'")
            }
            try await clock.sleep(for: .milliseconds(20))
        }
    }

    private func processes() -> [ProcessIdentity] {
        folders.flatMap { inner($0, 0) }.flatMap { folder in
            ((try? root.text(folder + "/cgroup.procs")) ?? "").split(separator: "\n")
        }.compactMap { Int32($0) }.compactMap { ProcessIdentity.of(pid: $0) }
    }

    /// Says whether they are gone.
    private func remove() throws -> Bool {
        for folder in folders where root.exists(folder) {
            for group in inner(folder, 0).reversed() { rmdir(root.root + group) }
            if root.exists(folder) { return false }
        }
        return true
    }

    /// A group and those below it, outer ones first.
    private func inner(_ folder: String, _ depth: Int) -> [String] {
        guard depth < Self.maximumDepth, let names = try? root.list(folder) else { return [] }
        let below = names.map { "\(folder)/\($0)" }.filter { root.isDirectory($0) }
        return [folder] + below.flatMap { inner($0, depth + 1) }
    }

    /// These files take a value with one write, and are not replaced.
    private static func put(_ text: String, _ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LabError("cannot open '\(path)': error \(errno)") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw LabError("cannot write '\(text)' to '\(path)': error \(errno)")
        }
    }
}
