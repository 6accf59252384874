/// What has to be done so that all that was asked for is installed.
public struct Resolution: Sendable, Hashable {
    /// In an order that installs what is required first, as far as there are no cycles.
    public internal(set) var steps: [Step] = []
    /// Installed packages that already satisfy what was asked for.
    public internal(set) var unchanged: [String] = []

    public enum Step: Sendable, Hashable {
        case install(Candidate)
        /// `from` is what is installed.
        case upgrade(from: String, Candidate)
        /// `isReplaced` says that another package's installation removes it without being told.
        case remove(InstalledPackage, isReplaced: Bool)
    }

    /// The packages that come in.
    public var candidates: [Candidate] {
        steps.compactMap { step in
            switch step {
            case .install(let candidate), .upgrade(_, let candidate): candidate
            case .remove: nil
            }
        }
    }

    /// Names of packages that go, and none of whose name comes in their place.
    var removedNames: [String] {
        steps.compactMap { step in
            guard case .remove(let package, _) = step else { return nil }
            return package.name
        }
    }
}

/// A package of the root's database.
public struct InstalledPackage: Sendable, Hashable {
    /// `name-[epoch:]version-release.arch`
    public let identity: String
    public let name: String
    /// Its number in the database.
    public let number: UInt32
}

/// A package of a repository.
public struct Candidate: Sendable, Hashable {
    /// `name-[epoch:]version-release.arch`
    public let identity: String
    public let repositoryID: String
    /// The path below the repository's URL.
    public let location: String
    /// The algorithm's name in small letters, and the digest of the whole file in hexadecimal.
    public let digestAlgorithm: String
    public let digestHex: String
    /// Bytes of the file; 0 if the metadata does not say.
    public let size: Int64
    /// Bytes that its files take; 0 if the metadata does not say.
    public let installedSize: Int64
    /// Whether older versions of it stay (a kernel).
    public internal(set) var isBesideOthers = false
}
