internal import Glibc
internal import Host

extension Isolation.Rights {
    /// Finds out by trying: what a container or a security module forbids can be read nowhere.
    static func find(_ tools: Tools) async throws -> Self {
        let isRoot = geteuid() == 0
        let spaces = ["--net", "--mount", "--uts", "--pid", "--fork", "true"]
        return Self(
            isRoot: isRoot,
            canMakeNamespaces: isRoot ? try await works(tools, spaces) : false,
            canBecomeRoot: isRoot
                ? true : try await works(tools, Isolation.becomeRoot + ["true"]))
    }

    private static func works(_ tools: Tools, _ words: [String]) async throws -> Bool {
        try await ProcessRunner().run(
            tools.unshare, words, environment: ["PATH": tools.path]
        ).succeeded
    }
}

extension Isolation {
    /// Arguments of unshare(1).
    static let becomeRoot = ["--user", "--map-root-user"]

    /// What comes before a command of an instance. librpm changes the root to the instance's
    /// folder, which of those who are not root only root of a user namespace may; daemons run in
    /// the like, so that all agree on who they are.
    func launcher(isRoot: Bool, _ tools: Tools) -> [String] {
        switch self {
        case .namespaces: []
        case .loopback: isRoot ? [] : [tools.unshare] + Self.becomeRoot + ["--"]
        }
    }
}
