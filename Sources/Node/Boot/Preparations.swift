internal import Cluster
internal import Host
internal import PanelAPI

/// Runs what a role prepares once, such as formatting the NameNode, and never again: what proves
/// that it was done is looked for first, and where it could destroy data the panel gives its leave.
struct Preparations: Sendable {
    let world: NodeWorld
    let panel: any PanelConnection

    /// Says whether it was run.
    func bringAbout(_ preparation: Preparation, _ expansion: Expansion) async throws -> Bool {
        let proof = try expansion.expand(preparation.proof)
        switch try state(proof) {
        case .done:
            if preparation.needsLeave { _ = try await panel.leaveDone(preparation.name) }
            return false
        case .half(let present, let missing):
            throw PreparationError(
                preparation.name,
                """
                it was cut off half-way: '\(present.joined(separator: "', '"))' is there, \
                '\(missing.joined(separator: "', '"))' is not; nothing was changed; look at the \
                volume, and empty the folder yourself if it holds nothing you need
                """)
        case .toDo:
            try await run(preparation, expansion)
            guard case .done = try state(proof) else {
                throw PreparationError(
                    preparation.name,
                    "its command ended with 0 but '\(proof.joined(separator: "', '"))' is not there"
                )
            }
            if preparation.needsLeave { _ = try await panel.leaveDone(preparation.name) }
            return true
        }
    }

    private func state(_ proof: [String]) throws -> Preparation.State {
        let files = Files()
        return try Preparation.state(ofProof: proof) { folder in
            files.isDirectory(folder) ? try files.list(folder) : []
        }
    }

    private func run(_ preparation: Preparation, _ expansion: Expansion) async throws {
        if preparation.needsLeave {
            let leave = try await panel.leave(preparation.name)
            guard leave.granted else {
                throw PreparationError(
                    preparation.name,
                    "the panel gave no leave: \(leave.reason ?? "it gave no reason")")
            }
        }
        try await RoleCommand(
            command: preparation.command, environment: preparation.environment,
            user: preparation.user, directory: preparation.directory,
            deadline: preparation.deadline
        ).run(in: world, expansion, label: preparation.name)
    }
}

/// A preparation that was not done.
struct PreparationError: Error, CustomStringConvertible {
    let name: String
    let reason: String

    init(_ name: String, _ reason: String) {
        self.name = name
        self.reason = reason
    }

    var description: String { "preparation '\(name)': \(reason)" }
}
