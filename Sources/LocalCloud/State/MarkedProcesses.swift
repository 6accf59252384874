internal import Glibc
internal import Host

/// The processes of one instance where no process-id namespace holds them together: all that have
/// its mark, which children inherit.
struct MarkedProcesses: Sendable {
    static let maximumSweeps = 50

    let marks: [String]

    /// Of an instance: what its init started, and what `exec` did.
    static func marks(lab: String, instance: String) -> [String] {
        [InstanceSite.initName(instance), InstanceSite.execName(instance)].map {
            Mark.make(lab: lab, name: $0)
        }
    }

    /// Without the one who asks.
    func alive() -> [ProcessIdentity] {
        marks.flatMap { Mark.find(mark: $0) }.filter { $0.pid != getpid() }
    }

    func signal(_ number: Int32) {
        for process in alive() { process.signal(number) }
    }

    /// SIGKILL, until none is left: one that is killed may have made another just before.
    func end() async throws {
        for _ in 0..<Self.maximumSweeps {
            let left = alive()
            if left.isEmpty { return }
            for process in left { process.signal(SIGKILL) }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
        throw LabError("processes with the mark '\(marks[0])' do not end by SIGKILL")
    }
}
