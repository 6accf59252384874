internal import FoundationEssentials
internal import Glibc

/// A control group of one name in each hierarchy below /sys/fs/cgroup (cgroups(7)): all that a
/// container runs is in it, and ends with it.
struct ControlGroups: Sendable {
    static let mount = "/sys/fs/cgroup"

    let name: String

    /// Where the unified hierarchy is: alone, or beside those of version 1.
    static let unified: String? = [mount, mount + "/unified"].first {
        access($0 + "/cgroup.procs", W_OK) == 0 && access($0 + "/cgroup.controllers", R_OK) == 0
    }

    /// Each once: some are mounted under two names.
    private static let hierarchies: [String] = {
        guard let unified else { return [] }
        let names = unified == mount ? [] : ["systemd", "cpu", "cpuacct", "memory", "pids"]
        return [unified]
            + names.map { "\(mount)/\($0)" }.filter { access($0 + "/cgroup.procs", W_OK) == 0 }
    }()

    private var folders: [String] { Self.hierarchies.map { "\($0)/\(name)" } }

    func make() {
        for folder in folders { mkdir(folder, 0o755) }
    }

    /// Shell lines that put the shell into it.
    var enterScript: String {
        folders.map { "echo $$ >'\($0)/cgroup.procs' || exit 97" }.joined(separator: "\n")
    }

    /// Ends every process in it, and removes it.
    func end() {
        guard let unified = Self.unified else { return }
        let start = ContinuousClock.now
        while folders.contains(where: { access($0, F_OK) == 0 }) {
            _ = try? writeFile("\(unified)/\(name)/cgroup.kill", Array("1".utf8))
            for folder in folders { Self.removeTree(folder) }
            if ContinuousClock.now - start > .seconds(120) {
                print("ControlGroups: '\(name)' could not be removed")
                return
            }
            usleep(10_000)
        }
    }

    /// rmdir(2) from the bottom: a control group's files go with it.
    private static func removeTree(_ folder: String) {
        var kind = stat()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names {
            let path = "\(folder)/\(name)"
            if lstat(path, &kind) == 0, kind.st_mode & S_IFMT == S_IFDIR { removeTree(path) }
        }
        rmdir(folder)
    }
}
