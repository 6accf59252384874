internal import Cluster

extension DaemonKeeper {
    /// Whether a daemon would be started now, and why, without touching it. `changed`: files that
    /// would change before that.
    func reasonToStart(
        _ spec: DaemonSpec, _ expansion: Expansion, _ changed: Set<String>
    ) async throws -> (isStart: Bool, words: String) {
        let program = try program(of: spec, expansion)
        let reads = try spec.reads?.map(expansion.expand)
        let inputs = program.inputs(written.hash(of: reads))
        guard let running = try await supervisor(of: spec).running(spec.name) else {
            return (true, "does not run: is started")
        }
        if running.inputs == inputs { return (false, "runs as it should (\(running.label))") }
        let causes = changed.filter { reads?.contains($0) ?? true }.sorted()
        guard causes.isEmpty else {
            return (true, "is started anew: \(causes.joined(separator: ", ")) changes")
        }
        return (
            true,
            """
            is started anew: its command, environment, user or resources, or a file that was \
            written after it was started, is another one
            """
        )
    }
}
