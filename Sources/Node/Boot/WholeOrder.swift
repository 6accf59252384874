extension StepGraph {
    /// What comes after what in a whole boot: the facts before these steps, the report after them.
    static func wholeOrder(_ steps: [Step]) -> [String: [String]] {
        let waitedFor = Set(steps.flatMap(\.after))
        var after = ["facts": [String]()]
        for step in steps { after[step.name] = step.after.isEmpty ? ["facts"] : step.after }
        after["report"] = steps.map(\.name).filter { !waitedFor.contains($0) }
        return after
    }
}
