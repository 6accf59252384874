internal import FoundationEssentials
internal import Glibc

/// A machine of its own as a systemd container: an overlay over a root tree that is left alone, a
/// network of its own with nobody in it, and systemd as its first process. It is ended, and its
/// mounts, namespaces and control groups are gone, when `with` returns.
///
/// 169.254.169.254 is an address of the container's own loopback: nobody listens there unless a
/// test has `listen` do so.
public actor BootedContainer {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Why there can be none here; nil where there can.
    public static let whyNot: String? = {
        if geteuid() != 0 { return "needs root" }
        for program in ["systemd-nspawn", "nsenter", "unshare", "ip"]
        where !Command.exists(program) && access("/sbin/\(program)", X_OK) != 0 {
            return "no '\(program)' here"
        }
        return ControlGroups.unified == nil ? "no unified control groups below /sys/fs/cgroup" : nil
    }()

    /// What the container has written over its tree, also while it is off.
    public nonisolated let upper: String
    private let folder: String
    private let tree: String
    private let binds: [String]
    private let groups: ControlGroups
    private var supervisor: ServerProcess?
    /// The container's first process, as the host counts.
    public private(set) var firstProcess: Int32 = 0

    /// `readOnly`: folders and files of the host that are seen in the container at the same path.
    public static func with<Value>(
        tree: String, readOnly: [String] = [],
        _ body: (BootedContainer) async throws -> Value
    ) async throws -> Value {
        let container = try BootedContainer(tree, readOnly)
        let result: Value
        do {
            result = try await body(container)
        } catch {
            await container.remove()
            throw error
        }
        await container.remove()
        return result
    }

    private init(_ tree: String, _ readOnly: [String]) throws {
        folder = try makeTemporaryDirectory()
        upper = folder + "/upper"
        self.tree = tree
        binds = readOnly.map { "--bind-ro=\($0)" }
        groups = ControlGroups(name: String(folder.dropFirst("/tmp/".count)))
        for name in ["upper", "work", "root"] {
            guard mkdir("\(folder)/\(name)", 0o755) == 0 else {
                throw Failure(description: "mkdir '\(folder)/\(name)': errno \(errno)")
            }
        }
    }

    /// Puts a file into the container, whether it is on or off.
    public nonisolated func put(_ text: String, at path: String, mode: UInt32 = 0o644) throws {
        let full = upper + path
        let parent = full.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(
            atPath: "/" + parent, withIntermediateDirectories: true)
        try writeFile(full, Array(text.utf8))
        guard chmod(full, mode) == 0 else {
            throw Failure(description: "chmod '\(full)': errno \(errno)")
        }
    }

    /// What systemd's console has shown since the first start.
    public nonisolated var console: String {
        String(decoding: readFile(consolePath) ?? [], as: UTF8.self)
    }

    private nonisolated var consolePath: String { folder + "/console" }

    /// Powers it on and waits until systemd has started all that it starts; says how that ended:
    /// "running" or "degraded".
    @discardableResult
    public func start() async throws -> String {
        groups.make()
        let script = """
            \(groups.enterScript)
            ip link set lo up && ip addr add 169.254.169.254/32 dev lo || exit 98
            mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root" \
              || exit 99
            tree=$1 folder=$2; shift 2
            export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
            exec systemd-nspawn --quiet --directory="$folder/root" --machine="${folder##*/}" \
              --network-namespace-path=/proc/self/ns/net --register=no --keep-unit \
              --capability=CAP_NET_ADMIN \
              --console=read-only --resolv-conf=off --timezone=off --link-journal=no "$@" --boot
            """
        let process = try ServerProcess.start(
            "/usr/bin/unshare",
            [
                "--mount", "--net", "--propagation", "private", "sh", "-c", script, "sh", tree,
                folder,
            ]
                + binds, logPath: consolePath)
        supervisor = process
        try await process.wait(for: "first process") { findFirstProcess() }
        var state = ""
        try await process.wait(for: "systemd") {
            let words = ["--wait", "is-system-running"]
            state = (try? await systemctl(words, mayFail: true))?.output ?? ""
            return ["running\n", "degraded\n"].contains(state)
        }
        return state.filter { !$0.isNewline }
    }

    private func findFirstProcess() -> Bool {
        guard let supervisor else { return false }
        let pid = supervisor.processID
        let children = readFile("/proc/\(pid)/task/\(pid)/children") ?? []
        for word in String(decoding: children, as: UTF8.self).split(separator: " ") {
            guard let child = Int32(word), let name = readFile("/proc/\(child)/comm"),
                String(decoding: name, as: UTF8.self) == "systemd\n"
            else { continue }
            firstProcess = child
            return true
        }
        return false
    }

    /// Runs a program in the container as root, as a unit of its own, to its end.
    @discardableResult
    public func run(
        _ words: String..., mayFail: Bool = false
    ) async throws -> Command.Output {
        try await enter(
            ["systemd-run", "--quiet", "--collect", "--wait", "--pipe"] + words, mayFail: mayFail)
    }

    /// `systemctl` of the container's systemd.
    @discardableResult
    public func systemctl(
        _ words: [String], mayFail: Bool = false
    ) async throws -> Command.Output {
        try await enter(["systemctl"] + words, mayFail: mayFail)
    }

    /// A property of a unit.
    public func show(_ property: String, of unit: String) async throws -> String {
        try await systemctl(["show", "--value", "--property=\(property)", unit]).output
            .filter { !$0.isNewline }
    }

    /// The messages of this boot, or of one unit.
    public func journal(_ unit: String? = nil) async throws -> String {
        let of = unit.map { ["--unit=\($0)"] } ?? []
        return try await enter(["journalctl", "--boot", "--no-pager", "--output=cat"] + of).output
    }

    /// The words with which a program of the host works in the container.
    public var entry: [String] { ["nsenter", "--target=\(firstProcess)", "--all"] }

    private func enter(_ words: [String], mayFail: Bool = false) async throws -> Command.Output {
        let all = entry + words
        return try await Command.run(all[0], Array(all.dropFirst()), mayFail: mayFail)
    }

    /// Starts a server of the host's in the container's network, until the container is removed.
    public func serve(_ program: String, _ arguments: [String]) throws -> ServerProcess {
        try ServerProcess.start(
            "/usr/bin/nsenter",
            ["--target=\(firstProcess)", "--net", program] + arguments,
            logPath: folder + "/server")
    }

    /// Asks it to power off, and waits until it has; says how many seconds that took.
    @discardableResult
    public func powerOff() async throws -> Duration {
        let start = ContinuousClock.now
        try await systemctl(["--no-block", "poweroff"])
        try await supervisor?.waitForEnd(of: "the container's power-off")
        supervisor = nil
        groups.end()
        return ContinuousClock.now - start
    }

    /// All its processes end at once, without a word.
    public func cutPower() {
        groups.end()
        supervisor?.stop()
        supervisor = nil
    }

    private func remove() {
        cutPower()
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            print("BootedContainer: '\(folder)' is left: \(error)")
        }
    }
}
