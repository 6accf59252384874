public import AWS
internal import Synchronization
public import Transfer

extension Installer {
    /// An installer that reaches `http(s):` and `file:` repositories with libcurl and `s3:` ones
    /// with requests that `credentials` sign.
    public init(
        root: String, repositories: [Repository], transfer: TransferClient,
        settings: AWSSettings, credentials: any CredentialsProvider
    ) {
        let places = LivePlaces(transfer: transfer, settings: settings, credentials: credentials)
        self.init(root: root, repositories: repositories) { try places.transport($0, $1) }
    }
}

/// Makes what speaks to a repository's servers.
private final class LivePlaces: Sendable {
    let transfer: TransferClient
    let settings: AWSSettings
    let credentials: any CredentialsProvider
    /// By what is special about a connection.
    private let clients = Mutex<[RepositoryConnection: TransferClient]>([:])

    init(
        transfer: TransferClient, settings: AWSSettings, credentials: any CredentialsProvider
    ) {
        self.transfer = transfer
        self.settings = settings
        self.credentials = credentials
    }

    func transport(
        _ repository: Repository, _ url: String
    ) throws -> any RepositoryTransport {
        let client = client(repository.connection)
        let pace = TransferPace(repository.connection)
        // Where there is another place, one that does not answer is left early.
        let retry = RetryPolicy(attempts: repository.places.count == 1 ? 5 : 2)
        if ["http://", "https://", "file:///"].contains(where: url.hasPrefix) {
            return WebTransport(url: url, client: client, retry: retry, pace: pace)
        }
        guard let location = S3Location(url) else {
            throw InstallError.badRepository(
                id: repository.id,
                reason: "'\(url)' is no s3://, http(s):// or file:/// url")
        }
        let s3 = try S3Client(settings: settings, credentials: credentials, transfer: client)
        return S3Transport(base: location, client: s3, retry: retry, pace: pace)
    }

    private func client(_ connection: RepositoryConnection) -> TransferClient {
        var key = RepositoryConnection()
        (key.caBundle, key.proxy) = (connection.caBundle, connection.proxy)
        key.verifiesServer = connection.verifiesServer
        guard key != RepositoryConnection() else { return transfer }
        return clients.withLock { clients in
            if let client = clients[key] { return client }
            var configuration = transfer.configuration
            if let bundle = key.caBundle { configuration.caBundle = bundle }
            if let proxy = key.proxy { configuration.proxy = proxy }
            configuration.verifiesServer = key.verifiesServer
            let client = TransferClient(configuration)
            clients[key] = client
            return client
        }
    }
}
