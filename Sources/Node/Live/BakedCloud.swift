internal import AWS
internal import Cluster
internal import Host
internal import Transfer

/// What the baked cluster file says of the cloud, before anything else is known.
struct BakedCloud {
    let cloud: Cloud
    /// Why the file cannot be read; the boot's first step says so.
    let failure: (any Error)?
    private let paths: HostPaths

    init(_ paths: HostPaths) {
        self.paths = paths
        let path = BootConfiguration.clusterPath
        do {
            let bytes = try paths.files.readIfPresent(path)
            let fragment = try bytes.map { try ClusterFragment.parse($0, file: path) }
            cloud = fragment?.cloud ?? Cloud()
            failure = nil
        } catch {
            cloud = Cloud()
            failure = error
        }
    }

    /// The file's settings beside those of the environment, which go before them.
    func environment(_ given: [String: String]) -> [String: String] {
        var environment = cloud.environment.merging(given.filter { !$0.value.isEmpty }) { $1 }
        if case .file = cloud.source { environment["AWS_EC2_METADATA_DISABLED"] = "true" }
        return environment
    }

    /// For one question of many, with others to wait for.
    static let briefPatience = Duration.seconds(3)

    /// The metadata service, asked for what may as well wait for the next time; nil without one.
    func brief(
        _ transfer: TransferClient, _ environment: [String: String],
        patience: Duration = briefPatience
    ) -> MetadataClient? {
        guard failure == nil, case .metadata(let metadata) = cloud.source else { return nil }
        return MetadataClient(
            transfer: transfer, environment: environment, patience: patience,
            usesTokens: metadata.usesTokens)
    }

    /// Where facts come from, and the metadata service if it is that.
    func source(
        _ transfer: TransferClient, _ environment: [String: String]
    ) -> (any InstanceMetadata, MetadataClient?) {
        if let failure { return (UnknownFacts(failure: failure), nil) }
        switch cloud.source {
        case .file(let path): return (FileFacts(files: paths.files, path: path), nil)
        case .metadata(let metadata):
            let client = MetadataClient(
                transfer: transfer, environment: environment,
                patience: metadata.patience ?? MetadataClient.defaultPatience,
                usesTokens: metadata.usesTokens)
            return (client, client)
        }
    }
}

/// Nobody can be asked.
struct UnknownFacts: InstanceMetadata {
    let failure: any Error

    func facts() async throws -> InstanceFacts { throw failure }
}
