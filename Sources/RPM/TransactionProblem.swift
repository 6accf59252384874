internal import CRPM
internal import Glibc

/// One thing that librpm holds against a transaction.
struct TransactionProblem {
    let text: String
    /// The requirement that nothing provides, without its version, where that is the problem.
    let missingCapability: String?

    static func all(of transaction: rpmts) -> [TransactionProblem] {
        guard let problems = rpmtsProblems(transaction) else { return [] }
        defer { rpmpsFree(problems) }
        guard let iterator = rpmpsInitIterator(problems) else { return [] }
        defer { rpmpsFreeIterator(iterator) }
        var found: [TransactionProblem] = []
        while let problem = rpmpsiNext(iterator) { found.append(TransactionProblem(problem)) }
        return found
    }

    private init(_ problem: rpmProblem) {
        let string = rpmProblemString(problem)
        defer { free(string) }
        text = string.map { String(cString: $0) } ?? "unknown problem"
        missingCapability = Self.capability(problem)
    }

    /// librpm writes the dependency as `name >= version`.
    private static func capability(_ problem: rpmProblem) -> String? {
        guard rpmProblemGetType(problem) == RPMPROB_REQUIRES,
            let dependency = rpmProblemGetStr(problem)
        else { return nil }
        return String(cString: dependency).split(separator: " ").first.map(String.init)
    }
}

/// Why a transaction was not done.
public enum TransactionError: Error, Sendable, Hashable {
    /// librpm's objections; nothing was changed.
    case problems([String])
    /// librpm failed; the packages before the failing one may be installed.
    case failed(log: [String])
    case root(path: String)
    case otherPackage(path: String, expected: String, found: String)
    case locked(path: String, seconds: Int64)
}

extension TransactionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .problems(let texts):
            "the packages do not fit the system: \(texts.joined(separator: "; "))"
        case .failed(let log):
            "librpm failed: \(log.isEmpty ? "no reason given" : log.joined(separator: "; ")); "
                + "run again to go on"
        case .root(let path):
            "'\(path)' cannot be used as a root: it must be a directory, and changing the root "
                + "takes root's rights (or 'unshare --map-root-user')"
        case .otherPackage(let path, let expected, let found):
            "'\(path)' is package '\(found)', where the metadata says '\(expected)'; publish again"
        case .locked(let path, let seconds):
            "'\(path)' was still locked by another rpm process after \(seconds) s; "
                + "wait for it to end and run again"
        }
    }
}
