internal import PanelAPI

extension BootState {
    /// The state for people: the verdict first, then what failed, then each step with its time.
    public var lines: [String] {
        // A boot that ended before it knew what the machine is has neither.
        let node = [role, instanceID].filter { !$0.isEmpty }.joined(separator: " ")
        let whose = node.isEmpty ? "" : " (\(node))"
        var lines = ["\(stage.rawValue) after \(Self.text(seconds))\(whose)"]
        lines += failures
        lines += (notices ?? []).map { "the cloud says: \($0)" }
        let width = steps.map(\.name.count).max() ?? 0
        for step in steps {
            let name = step.name + String(repeating: " ", count: width - step.name.count)
            let outcome = step.outcome.rawValue
            let padding = String(repeating: " ", count: max(0, 9 - outcome.count))
            lines.append(
                "  \(name)  \(outcome)\(padding)  \(Self.text(step.seconds))  \(step.detail)")
        }
        return lines + current.map { "  \($0): under way" }
    }

    /// A line for each step that failed.
    public var failures: [String] { failed.map { "failed: \($0.name): \($0.detail)" } }

    static func text(_ seconds: Double) -> String {
        let tenths = Int((max(0, seconds) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
