/// A package repository of the cluster file.
public struct Repository: Sendable, Hashable {
    /// Letters, digits, `.`, `_` and `-`.
    public var id: String
    /// `s3://bucket/prefix`, `https://…`, `http://…` or `file:///…`, without a slash at the end.
    public var baseURL: String
    /// Absolute path of the public key on the node: a key from where the packages are proves
    /// nothing.
    public var keyPath: String?
    /// Fingerprints in lower case, 40 or 64 digits: the key file must hold keys of these and no
    /// others. Empty: whatever it holds.
    public var fingerprints: [String]
    /// Packages must be signed by the key. Default true.
    public var checksPackages: Bool
    /// repomd.xml must be signed by the key (`repomd.xml.asc`). Default true.
    public var checksMetadata: Bool

    public init(
        id: String, baseURL: String, keyPath: String?, fingerprints: [String] = [],
        checksPackages: Bool = true, checksMetadata: Bool = true
    ) {
        self.id = id
        self.baseURL = baseURL
        self.keyPath = keyPath
        self.fingerprints = fingerprints
        self.checksPackages = checksPackages
        self.checksMetadata = checksMetadata
    }

    /// The keys of a repository in the file.
    public static let keys = [
        "id", "baseurl", "gpgkey", "fingerprints", "gpgcheck", "repo_gpgcheck",
    ]

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "repositories", file: file, known: Self.keys)
        guard
            let id = try reader.parsed(
                "id", expected: "letters, digits, '.', '_' and '-'",
                { Name.isPlain($0) ? $0 : nil })
        else { throw reader.failure(.missingKey("id")) }
        guard
            let url = try reader.parsed(
                "baseurl", expected: "s3://, https://, http:// or file:/// and a place",
                Self.baseURL)
        else { throw reader.failure(.missingKey("baseurl")) }
        self.id = id
        baseURL = url
        keyPath = try reader.parsed(
            "gpgkey", expected: "file:// and an absolute path of a key on the node", Name.filePath)
        fingerprints = []
        for node in try reader.list("fingerprints") {
            fingerprints.append(
                try reader.parse(
                    node, "fingerprints", expected: "40 or 64 hexadecimal digits",
                    Name.fingerprint))
        }
        checksPackages = try reader.boolean("gpgcheck") ?? true
        checksMetadata = try reader.boolean("repo_gpgcheck") ?? true
        if keyPath == nil, checksPackages || checksMetadata {
            throw reader.failure(
                .refused(
                    "repository '\(id)' has no gpgkey: give one, or turn off gpgcheck and "
                        + "repo_gpgcheck in words"))
        }
    }

    private static func baseURL(_ text: String) -> String? {
        let schemes = ["s3://", "https://", "http://", "file:///"]
        guard let scheme = schemes.first(where: { text.hasPrefix($0) }) else { return nil }
        var url = text
        while url.hasSuffix("/"), url.utf8.count > scheme.utf8.count { url.removeLast() }
        guard url.utf8.count > scheme.utf8.count, Name.isURLText(url) else { return nil }
        return url
    }
}
