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
        /// `number` is the package's number in the root's database; `isReplaced` says that another
        /// package's installation removes it without being told.
        case remove(String, number: UInt32, isReplaced: Bool)
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
}
