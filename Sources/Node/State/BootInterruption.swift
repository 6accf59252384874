internal import PanelAPI

extension StateStore {
    /// Says of a boot that is under way that it was ended from outside, such as by a shutdown, and
    /// what it was doing. Returns the line for the log; nil if none was under way.
    public func interrupt(bootID: String, by cause: String) throws -> String? {
        guard var state = try status(ofBoot: bootID), state.stage == .running else { return nil }
        let names = state.current.isEmpty ? ["boot"] : state.current
        for name in names {
            state.steps.append(
                StepReport(
                    name: name, outcome: .failed, startSeconds: state.seconds, seconds: 0,
                    detail: "interrupted by \(cause); run howdah-node boot to go on"))
        }
        state.stage = .failed
        state.current = []
        try keep(state)
        return "boot interrupted by \(cause) at \(names.joined(separator: ", "))"
    }
}
