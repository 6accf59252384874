internal import Cluster
internal import Digests

/// A daemon as it is to be started: its variables replaced.
struct DaemonProgram: Sendable, Equatable {
    var name: String
    /// An absolute path and arguments; empty where ``unit`` has them.
    var command: [String]
    /// The package's own service; nil for one of ours.
    var unit: String?
    /// The user to run it as; nil for root.
    var user: String?
    /// What all daemons get; no reason to restart one.
    var shared: [String: String]
    /// Its own, over the shared.
    var environment: [String: String]
    var workingDirectory: String
    var log: String
    /// Mounts of the role's volumes.
    var mounts: [String]
    /// Units of the daemons that are up before it.
    var after: [String]
    var stopDeadline: Duration
    var resources = DaemonResources()
    var hasPrivateMounts = false
    /// The master's address where the command or the environment has its name.
    var masterAddress: String?

    /// All of its environment. A user's home is the account's to say.
    var wholeEnvironment: [String: String] {
        var whole = shared
        if user != nil || unit != nil { whole["HOME"] = nil }
        return whole.merging(environment) { _, own in own }
    }

    /// Another value means: start it anew. `filesHash` is of the configuration files that it reads.
    func inputs(_ filesHash: String) -> String {
        var text = "\(command)\n\(user ?? "")\n\(workingDirectory)\n"
        if let unit { text += "unit \(unit)\n" }
        if resources != DaemonResources() { text += "\(resources)\n" }
        if hasPrivateMounts { text += "private mounts\n" }
        if let masterAddress { text += "master \(masterAddress)\n" }
        let own = environment.filter { shared[$0.key] != $0.value }
        for (name, value) in own.sorted(by: { $0.key < $1.key }) { text += "\(name)=\(value)\n" }
        return Digest.of(Array((text + filesHash).utf8)).hex
    }
}
