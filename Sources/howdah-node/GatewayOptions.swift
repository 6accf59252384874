import AWS
import ArgumentParser
import Cluster
import ConfigFiles
import FoundationEssentials
import Host
import RepoGateway
import Transfer

/// What the gateway serves, and where.
struct GatewayOptions: ParsableArguments {
    @Argument(help: "s3://bucket/prefix; default: those of the cluster file.")
    var places: [String] = []

    @Option(help: "127.0.0.1:PORT or [::1]:PORT, where systemd hands over no socket.")
    var listen = "127.0.0.1:8181"

    @Option(help: "The .repo file that is written with this boot's secret, mode 0600.")
    var writeRepo: String?

    @Option(help: "Where the secret is kept until the machine's next start.")
    var secretFile = "/run/howdah-gateway/secret"

    @Option(
        name: .customLong("gpgkey"), parsing: .singleValue,
        help: "A URL of a public key, for the .repo file; may be repeated.")
    var keys: [String] = []

    @Flag(help: "The .repo file says that packages are not signed.")
    var noGpgcheck = false

    @Flag(help: "The .repo file says that repomd.xml is not signed.")
    var noRepoGpgcheck = false

    @Option(help: "What stands for / [HOWDAH_ROOT, else /].")
    var root = ProcessInfo.processInfo.environment["HOWDAH_ROOT"] ?? "/"

    var address: SocketAddress {
        get throws {
            guard let address = SocketAddress(listen) else {
                throw ValidationError("'\(listen)' is no port of loopback, such as 127.0.0.1:8181")
            }
            return address
        }
    }

    func validate() throws {
        _ = try address
        for place in places where S3Location(place) == nil {
            throw ValidationError("'\(place)' is no s3://bucket/prefix")
        }
        guard secretFile.hasPrefix("/"), writeRepo?.hasPrefix("/") ?? true else {
            throw ValidationError("--secret-file and --write-repo are absolute paths")
        }
        let texts = keys + places
        guard !texts.contains(where: { $0.contains(where: \.isNewline) }) else {
            throw ValidationError("a line break would begin another setting")
        }
        if writeRepo != nil, !places.isEmpty, keys.isEmpty, !(noGpgcheck && noRepoGpgcheck) {
            throw ValidationError(
                "give --gpgkey with the key's URL (or, unsigned: --no-gpgcheck --no-repo-gpgcheck)")
        }
    }
}

/// The gateway of this machine, as options, environment and cluster file say.
struct GatewaySetup {
    static let clusterPath = "/etc/howdah/cluster.yaml"

    let repositories: [ServedRepository]
    private let options: GatewayOptions
    private let files: Files
    private let secret: GatewaySecret
    private let environment: [String: String]

    init(_ options: GatewayOptions, _ environment: [String: String]) throws {
        self.options = options
        files = Files(root: options.root)
        let bytes = try files.readIfPresent(Self.clusterPath)
        let cluster = try bytes.map { try ClusterFragment.parse($0, file: Self.clusterPath) }
        // What the image says of its cloud, and before it what the environment says.
        self.environment = (cluster?.cloud ?? Cloud()).environment
            .merging(environment.filter { !$0.value.isEmpty }) { $1 }
        repositories =
            options.places.isEmpty
            ? (cluster?.repositories ?? []).compactMap(ServedRepository.init)
            : options.places.compactMap { S3Location($0) }.map { Self.repository($0, options) }
        guard !repositories.isEmpty else {
            throw ValidationError(
                "nothing to serve: give s3://bucket/prefix, or 'repositories' with s3:// in "
                    + "'\(Self.clusterPath)'")
        }
        try files.makeDirectory(Self.folder(of: options.secretFile))
        secret = try GatewaySecret.kept(in: options.secretFile, files)
    }

    private static func folder(of path: String) -> String {
        path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }

    private static func repository(
        _ place: S3Location, _ options: GatewayOptions
    ) -> ServedRepository {
        ServedRepository(
            id: RepoFile.id(bucket: place.bucket, prefix: place.key), place: place,
            keys: options.keys, checksPackages: !options.noGpgcheck,
            checksMetadata: !options.noRepoGpgcheck)
    }

    func writeRepo(port: UInt16) throws {
        guard let path = options.writeRepo else { return }
        guard port != 0 else {
            throw ValidationError("--listen must say the port that the .repo file is to have")
        }
        try files.makeDirectory(Self.folder(of: path))
        try ServedRepository.write(repositories, port: port, secret: secret, to: path, files)
    }

    func gateway(
        users: Set<UInt32>, maximumConnections: Int, log: @escaping @Sendable (String) -> Void
    ) throws -> Gateway {
        var configuration = TransferClient.Configuration(environment: environment)
        configuration.maximumConnectionsPerHost = maximumConnections
        let transfer = TransferClient(configuration)
        let client = try S3Client(
            settings: AWSSettings.load(environment: environment),
            credentials: CredentialChain.standard(environment: environment, transfer: transfer),
            transfer: transfer)
        var settings = Gateway.Settings()
        settings.users = users
        settings.maximumConnections = maximumConnections
        return Gateway(
            rules: GatewayRules(places: repositories.map(\.place), secret: secret),
            client: client, settings: settings, log: log)
    }
}
