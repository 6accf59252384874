public import RepoMetadata

/// What a verb does to the packages of a repository. Deciding does no I/O: it is done again where
/// somebody else published in the meantime.
public protocol RepositoryChange: Sendable {
    /// For the history, such as `publish`.
    var verb: String { get }

    /// What this change may add; an edit names them by index.
    var offer: PackageOffer { get }

    /// The change as it goes on after its first look at what is there.
    func begun(seeing records: [PackageRecord]) throws -> any RepositoryChange

    /// What is to go and what is to come, given what is there.
    func edit(_ records: [PackageRecord]) throws -> RepositoryEdit
}

extension RepositoryChange {
    public func begun(seeing records: [PackageRecord]) throws -> any RepositoryChange { self }
}

/// What a change comes to for one state of a repository.
public struct RepositoryEdit: Sendable, Hashable {
    /// Indexes into the state's records.
    public var remove: Set<Int>
    /// Indexes into what the change offers.
    public var add: [Int]

    public init(remove: Set<Int> = [], add: [Int] = []) {
        self.remove = remove
        self.add = add
    }

    public var isEmpty: Bool { remove.isEmpty && add.isEmpty }
}

/// Packages that a change may add.
public struct PackageOffer: Sendable {
    public enum Origin: Sendable, Hashable {
        /// A file of this machine; `sha256` of its content in lower-case hexadecimal.
        case file(path: String, sha256: String)
        /// An object of another repository, under the same path.
        case other
        /// At another root than the repository's (`xml:base`): nothing to send.
        case elsewhere
    }

    public var records: [PackageRecord]
    /// For each record.
    public var origins: [Origin]
    /// The pieces of metadata of some of the records.
    public var pieces: @Sendable ([Int]) throws -> [PackagePieces]

    public init(
        records: [PackageRecord], origins: [Origin],
        pieces: @escaping @Sendable ([Int]) throws -> [PackagePieces]
    ) {
        precondition(records.count == origins.count)
        self.records = records
        self.origins = origins
        self.pieces = pieces
    }

    public static let none = PackageOffer(records: [], origins: []) { _ in [] }
}

/// Where a record says that its package is, and what is there: two records with the same key are
/// the same package.
struct PackageKey: Hashable, Sendable {
    let base: [UInt8]?
    let location: [UInt8]
    let digest: String

    init(_ record: PackageRecord) {
        base = record.base
        location = record.location
        digest = "\(record.digest)"
    }
}

extension PackageRecord {
    /// The path below the repository's root.
    var path: String { String(decoding: location, as: UTF8.self) }
}
