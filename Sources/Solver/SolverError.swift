/// Why libsolv could not say what to install.
public enum SolverError: Error, Sendable, Hashable {
    /// Nothing in the repositories or the system has this name.
    case unknownName(String, repositories: [String])
    case unsolvable([SolverProblem])
    case unreadableMetadata(repository: String, type: String, reason: String)
    case unreadableDatabase(root: String, reason: String)
    case badCapability(String)

    /// Whether lists of files, where they were left out, may make it work.
    public var mayDependOnFiles: Bool {
        switch self {
        case .unknownName, .unsolvable: true
        case .unreadableMetadata, .unreadableDatabase, .badCapability: false
        }
    }
}

/// One contradiction, in libsolv's words and, where it is a missing package, in parts.
public struct SolverProblem: Sendable, Hashable {
    public let text: String
    public let missing: Missing?

    /// A requirement that nothing provides.
    public struct Missing: Sendable, Hashable {
        public let package: String
        public let requirement: String
        public let repositoryID: String
    }
}

extension SolverError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownName(let name, let repositories):
            "no package '\(name)' in \(Self.list(repositories)); "
                + "publish it there, or correct the name"
        case .unsolvable(let problems):
            problems.map(\.description).joined(separator: "; ")
        case .unreadableMetadata(let repository, let type, let reason):
            "the '\(type)' metadata of repository '\(repository)' cannot be read: \(reason); "
                + "publish the repository again"
        case .unreadableDatabase(let root, let reason):
            "the database of packages below '\(root)' cannot be read: \(reason); "
                + "'rpm --root \(root) --rebuilddb' may repair it"
        case .badCapability(let text):
            "'\(text)' is no capability; write NAME or NAME = VERSION"
        }
    }

    private static func list(_ repositories: [String]) -> String {
        let names = repositories.map { "'\($0)'" }.joined(separator: ", ")
        switch repositories.count {
        case 0: return "the system, and there is no repository"
        case 1: return "repository \(names)"
        default: return "repositories \(names)"
        }
    }
}

extension SolverProblem: CustomStringConvertible {
    public var description: String {
        guard let missing else { return text }
        return "package '\(missing.package)' of repository '\(missing.repositoryID)' requires "
            + "'\(missing.requirement)', which nothing provides; publish a package that does, "
            + "or assume it if the system has it without a package"
    }
}
