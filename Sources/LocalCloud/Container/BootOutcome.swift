internal import Host
internal import PanelAPI

/// What howdah-node keeps of an instance's newest boot (docs/boot.md), as far as the lab needs it.
struct BootOutcome: Codable, Sendable, Equatable {
    static let path = "/var/lib/howdah/status.json"
    static let failed = "failed"

    var stage: String
    var steps: [StepReport]

    /// Why the boot failed; nil where it did not.
    var failure: String? {
        guard stage == Self.failed else { return nil }
        let step = steps.first { $0.outcome == .failed }
        return step.map { "in step '\($0.name)': \($0.detail)" } ?? "without a step"
    }
}

extension ContainerInstance {
    /// Why its newest boot failed, which the panel need not have heard of. Nil where nothing can
    /// be read: it may end at any moment.
    var bootFailure: String? {
        guard let first = firstProcess() else { return nil }
        let files = Files(root: "/proc/\(first.pid)/root")
        let outcome = try? JSONFile.read(BootOutcome.self, from: BootOutcome.path, in: files)
        return outcome?.failure
    }
}
