public import AWS
public import Cluster
public import ConfigFiles
public import Host

/// A repository that the gateway serves.
public struct ServedRepository: Sendable, Equatable {
    public var id: String
    public var place: S3Location
    /// URLs of public keys.
    public var keys: [String]
    public var checksPackages: Bool
    public var checksMetadata: Bool

    public init(
        id: String, place: S3Location, keys: [String] = [], checksPackages: Bool = true,
        checksMetadata: Bool = true
    ) {
        self.id = id
        self.place = place
        self.keys = keys
        self.checksPackages = checksPackages
        self.checksMetadata = checksMetadata
    }

    /// Nil for a repository that is elsewhere than in S3: every program can read it by itself.
    public init?(_ repository: Repository) {
        guard let place = S3Location(repository.baseURL) else { return nil }
        self.init(
            id: repository.id, place: place,
            keys: repository.keyPath.map { ["file://\($0)"] } ?? [],
            checksPackages: repository.checksPackages, checksMetadata: repository.checksMetadata)
    }

    /// What dnf, yum and zypper read. It has the secret: it is for root alone.
    public func file(port: UInt16, secret: GatewaySecret) -> RepoFile {
        RepoFile(
            id: id, name: "\(place)", bucket: place.bucket, prefix: place.key,
            access: .gateway(port: Int(port), secret: secret.text), keys: keys,
            checksPackages: checksPackages, checksMetadata: checksMetadata)
    }

    /// Replaces a `.repo` file by one with these repositories, for root alone. Where that is what
    /// it says already, it stays as it is.
    public static func write(
        _ repositories: [ServedRepository], port: UInt16, secret: GatewaySecret, to path: String,
        _ files: Files
    ) throws(FileError) {
        let sections = repositories.map { $0.file(port: port, secret: secret).text }
        let text = """
            # Written by howdah-node gateway when it starts. The secret in it is this boot's.
            \(sections.joined(separator: "\n"))
            """
        try files.writeIfChanged(Array(text.utf8), to: path, mode: 0o600)
    }
}
