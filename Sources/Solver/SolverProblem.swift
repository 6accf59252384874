/// One contradiction, taken apart.
public struct SolverProblem: Sendable, Hashable {
    public static let maximumProblems = 20

    /// A package and the repository that it would come from; nil for an installed one.
    public struct Package: Sendable, Hashable {
        public let identity: String
        public let repositoryID: String?

        public init(identity: String, repositoryID: String?) {
            self.identity = identity
            self.repositoryID = repositoryID
        }
    }

    public enum Reason: Sendable, Hashable {
        case missing(Package, requirement: String)
        case requires(Package, requirement: String)
        case sameName(Package, Package)
        case conflict(Package, with: Package, capability: String)
        case obsoletes(Package, Package, capability: String)
        case notInstallable(Package)
        /// In libsolv's words.
        case other(String)

        var isMissing: Bool {
            if case .missing = self { return true }
            return false
        }
    }

    public let reasons: [Reason]

    public init(_ reasons: [Reason]) { self.reasons = reasons }
}

extension SolverProblem: CustomStringConvertible {
    public var description: String {
        let remedies = reasons.compactMap(\.remedy)
        let text = reasons.map(\.description).joined(separator: ", and ")
        return remedies.first.map { "\(text); \($0)" } ?? text
    }
}

extension SolverProblem.Package: CustomStringConvertible {
    public var description: String {
        guard let repositoryID else { return "installed package '\(identity)'" }
        return "package '\(identity)' of repository '\(repositoryID)'"
    }
}

extension SolverProblem.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let package, let requirement):
            "\(package) requires '\(requirement)', which nothing provides"
        case .requires(let package, let requirement):
            "\(package) requires '\(requirement)'"
        case .sameName(let one, let other):
            "\(one) and \(other) cannot be installed together"
        case .conflict(let one, let other, let capability) where one == other:
            "\(one) conflicts with '\(capability)', which it provides itself"
        case .conflict(let one, let other, let capability):
            "\(one) conflicts with '\(capability)', which \(other) provides"
        case .obsoletes(let one, let other, let capability):
            "\(one) replaces '\(capability)', which is \(other)"
        case .notInstallable(let package):
            "\(package) is not for this architecture, or is excluded or locked out"
        case .other(let text):
            text
        }
    }

    /// What to do about it.
    fileprivate var remedy: String? {
        switch self {
        case .missing:
            "publish a package that does, or assume it if the system has it without a package"
        case .requires(let package, _):
            package.repositoryID == nil
                ? "remove that too (--dependents), or keep what it requires"
                : nil
        case .sameName:
            "ask for one of them"
        case .conflict:
            "ask for one of them, or remove the other first"
        case .obsoletes:
            "ask for the new one alone"
        case .notInstallable:
            "look at excludepkgs, includepkgs and versionlock.list"
        case .other:
            nil
        }
    }
}
