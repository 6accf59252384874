/// What a boot that began now would do on this node, and why, as far as that can be seen without
/// asking anybody but metadata and without changing anything.
public struct BootPreview: Sendable, Equatable, Encodable {
    public var instanceID: String
    public var role: String
    public var cluster: String
    public var configurationHash: String
    /// Who the node is and by what, in lines.
    public var node: [String]
    public var steps: [StepPreview]
}

/// One step of a boot, seen ahead.
public struct StepPreview: Sendable, Equatable, Encodable {
    public enum Outlook: String, Sendable, Encodable {
        /// All is as it should be.
        case nothing = "nothing to do"
        case change = "would change"
        /// It asks somebody at every boot.
        case ask = "would ask"
        /// It would stop here: the boot fails.
        case fail = "would fail"
        /// What it does depends on what is known only then.
        case later = "known later"
    }

    public var name: String
    public var after: [String]
    public var outlook: Outlook
    /// What it would do, and why.
    public var actions: [String]
    /// What is known only when it runs.
    public var later: [String]
    /// Of files that would change, as `diff -u` writes them.
    public var diffs: [String]

    init(
        _ name: String, _ outlook: Outlook, _ actions: [String] = [], later: [String] = [],
        diffs: [String] = []
    ) {
        self.name = name
        after = []
        self.outlook = outlook
        self.actions = actions
        self.later = later
        self.diffs = diffs
    }
}

extension BootPreview {
    /// For people.
    public var lines: [String] {
        node
            + steps.flatMap { step -> [String] in
                let after =
                    step.after.isEmpty ? "" : " (after \(step.after.joined(separator: ", ")))"
                let diffs = step.diffs.flatMap { diff in
                    diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                        .map(String.init)
                }
                return ["", "\(step.name): \(step.outlook.rawValue)\(after)"]
                    + step.actions.map { "  \($0)" }
                    + step.later.map { "  known later: \($0)" } + diffs
            }
    }
}
