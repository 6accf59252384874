internal import Cluster
internal import Host

/// A command of the stack, run to its end as the stack says; no shell.
struct RoleCommand: Sendable {
    /// With variables.
    var command: [String]
    var environment: [String: String]
    /// Nil for the caller's own.
    var user: String?
    var directory: String?
    var deadline: Duration

    func run(in world: NodeWorld, _ expansion: Expansion, label: String? = nil) async throws {
        var words = try expansion.expand(command)
        if let user {
            words =
                ["/usr/bin/setpriv", "--reuid", user, "--regid", user, "--init-groups", "--"]
                + words
        }
        var variables = world.daemonEnvironment
        variables.merge(try expansion.expand(environment)) { _, own in own }
        if let label { world.log.line("\(label): running \(words.joined(separator: " "))") }
        let program = words.removeFirst()
        try await ProcessRunner().require(
            program, words, environment: variables,
            workingDirectory: try directory.map { try expansion.expand($0) },
            deadline: deadline)
    }
}
