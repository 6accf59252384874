internal import AWS
internal import Cluster
internal import Doctor

/// Whether the machine has the memory that its daemons are told to take. Deciding only.
enum MemoryCheck {
    static let check = "memory"
    /// For the kernel and what else runs.
    static let reservedMiB = 256
    /// What a node's manager hands out to tasks, in mebibytes.
    static let workSetting = "yarn.nodemanager.resource.memory-mb"

    static func findings(_ plan: BootPlan) -> [Finding] {
        let parts: [(name: String, mebibytes: Int)]
        do {
            parts = try Self.parts(plan)
        } catch {
            return [
                .wrong(check, "\(error)", remedy: "correct the settings of the cluster file")
            ]
        }
        let sum = parts.reduce(0) { $0 + $1.mebibytes }
        let list = parts.map { "\($0.name) \($0.mebibytes)" }.joined(separator: ", ")
        let memory = plan.machine.memoryMiB
        let text = "\(sum) of \(memory) MiB" + (list.isEmpty ? "" : ": \(list)")
        let remedy = "take a bigger instance, or smaller heaps in 'settings' of the cluster file"
        if sum > memory { return [.wrong(check, text, remedy: remedy)] }
        guard sum + reservedMiB > memory, sum > 0 else { return [.fine(check, text)] }
        return [.warning(check, "\(text): nothing is left for the machine itself", remedy: remedy)]
    }

    /// What each daemon of the role may take: its limit, or else the heap that a variable of one of
    /// the role's files gives it (`HDFS_NAMENODE_OPTS` is the daemon `namenode`'s).
    static func parts(_ plan: BootPlan) throws -> [(name: String, mebibytes: Int)] {
        let expansion = plan.expansion(
            root: "/", address: plan.facts.address, masterAddress: plan.facts.address,
            hostname: plan.facts.hostname)
        var settings: [String: String] = [:]
        for file in plan.part.files {
            guard let name = file.content.settings else { continue }
            let raw = plan.stack.settings(for: name, role: plan.role, cluster: plan.cluster)
            settings.merge(try expansion.expand(raw)) { $1 }
        }
        var parts: [(name: String, mebibytes: Int)] = []
        for daemon in plan.part.daemons {
            let own = try expansion.expand(daemon.environment)
            let heaps = settings.merging(own) { $1 }.filter { variable, _ in
                variable.lowercased().split(separator: "_").contains { $0 == daemon.name }
            }.compactMap { heap($0.value) }
            let limit = daemon.resources.memoryMax.map { Int($0.bytes >> 20) }
            if let size = limit ?? heaps.max() { parts.append((daemon.name, size)) }
        }
        let hasManager = plan.part.daemons.contains { $0.name == "nodemanager" }
        if hasManager, let work = settings[workSetting].flatMap({ Int($0) }) {
            parts.append(("its tasks", work))
        }
        return parts
    }

    /// Mebibytes of the last `-Xmx` among a JVM's options, as the JVM takes it.
    static func heap(_ options: String) -> Int? {
        let found = options.split(separator: " ").last { $0.hasPrefix("-Xmx") }
        guard let text = found?.dropFirst(4), let unit = text.last else { return nil }
        let digits = unit.isNumber ? text : text.dropLast()
        guard let number = Int(digits), number >= 0, number < 1 << 50 else { return nil }
        switch unit.lowercased() {
        case "g": return number << 10
        case "m": return number
        case "k": return number >> 10
        default: return number >> 20
        }
    }
}
