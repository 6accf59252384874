public import AWS
public import Transfer

extension Installer {
    /// An installer that reaches `http(s):` and `file:` repositories with libcurl and `s3:` ones
    /// with requests that `credentials` sign.
    public init(
        root: String, repositories: [Repository], transfer: TransferClient,
        settings: AWSSettings, credentials: any CredentialsProvider
    ) {
        self.init(root: root, repositories: repositories) { repository in
            if ["http://", "https://", "file:///"].contains(where: repository.url.hasPrefix) {
                return WebTransport(url: repository.url, client: transfer)
            }
            guard let location = S3Location(repository.url) else {
                throw InstallError.badRepository(
                    id: repository.id,
                    reason: "'\(repository.url)' is no s3://, http(s):// or file:/// url")
            }
            let client = try S3Client(
                settings: settings, credentials: credentials, transfer: transfer)
            return S3Transport(base: location, client: client)
        }
    }
}
