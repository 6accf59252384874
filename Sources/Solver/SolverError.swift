/// Why libsolv could not say what to install.
public enum SolverError: Error, Sendable, Hashable {
    /// Nothing in the repositories or the system has this name.
    case unknownName(String, repositories: [String])
    /// There is such a package, but not for this architecture, or it is excluded.
    case notForThisSystem(String, architecture: String)
    case notInstalled(String)
    /// Packages that are never removed would be.
    case protected([String])
    case unsolvable([SolverProblem])
    case unreadableMetadata(repository: String, type: String, reason: String)
    /// What an earlier run has kept; to be removed and made anew.
    case unreadableCache(path: String)
    case unreadableDatabase(root: String, reason: String)
    case badCapability(String)

    /// Whether lists of files, where they were left out, may make it work.
    public var mayDependOnFiles: Bool {
        switch self {
        case .unknownName, .unsolvable: true
        default: false
        }
    }
}

extension SolverError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownName(let name, let repositories):
            "no package '\(name)' in \(Self.list(repositories)); "
                + "publish it there, or correct the name"
        case .notForThisSystem(let name, let architecture):
            "package '\(name)' is there, but not for '\(architecture)', or it is excluded or "
                + "locked out; look at excludepkgs, includepkgs and versionlock.list"
        case .notInstalled(let name):
            "no package '\(name)' is installed"
        case .protected(let names):
            "\(names.map { "'\($0)'" }.joined(separator: ", ")) would be removed, which "
                + "/etc/dnf/protected.d and this program itself forbid"
        case .unsolvable(let problems):
            problems.map(\.description).joined(separator: "; ")
        case .unreadableMetadata(let repository, let type, let reason):
            "the '\(type)' metadata of repository '\(repository)' cannot be read: \(reason); "
                + "publish the repository again"
        case .unreadableCache(let path):
            "'\(path)' cannot be read; remove it"
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
