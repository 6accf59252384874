/// A repository to install from, and the keys that its metadata and packages must be signed with.
public struct Repository: Sendable, Hashable {
    /// The name that errors and the cache use; letters, digits, `.`, `_` and `-`.
    public let id: String
    /// Where `repodata/` is: `s3://bucket/prefix`, `http(s)://…` or `file:///…`.
    public let url: String
    /// Paths of files with OpenPGP public keys, armored or binary. What none of them has signed is
    /// refused; without any key nothing can be installed.
    public let keyPaths: [String]
    /// Whether `repomd.xml.asc` must be there and right (dnf's `repo_gpgcheck`).
    public let checksMetadataSignature: Bool
    /// The keys' fingerprints in lower case: the files must hold these keys and no others. Empty:
    /// whatever they hold.
    public let fingerprints: [String]

    public init(
        id: String, url: String, keyPaths: [String], fingerprints: [String] = [],
        checksMetadataSignature: Bool = true
    ) {
        self.id = id
        self.url = url
        self.keyPaths = keyPaths
        self.fingerprints = fingerprints
        self.checksMetadataSignature = checksMetadataSignature
    }
}
