public import AWS
public import Transfer

/// Whether a repository's index can be read from here.
public struct RepositoryCheck: Sendable {
    static let check = "repository"
    static let index = "repodata/repomd.xml"

    let settings: AWSSettings
    let credentials: any CredentialsProvider
    let transfer: TransferClient

    public init(
        settings: AWSSettings, credentials: any CredentialsProvider, transfer: TransferClient
    ) {
        self.settings = settings
        self.credentials = credentials
        self.transfer = transfer
    }

    /// `url` begins with `s3:`, `https:`, `http:` or `file:`.
    public func run(_ url: String) async -> [Finding] {
        guard let location = S3Location(url) else { return [await overHTTP(url)] }
        do {
            let client = try S3Client(
                settings: settings, credentials: credentials, transfer: transfer)
            guard try await client.head(location.appending(Self.index)) != nil else {
                return [missing(url)]
            }
            return [.fine(Self.check, "'\(url)' has an index that can be read")]
                + [await region(of: location, client)].compactMap(\.self)
        } catch let error as ServiceError {
            let lacks = error.permission.map { "give the role \($0)" }
            return [
                .wrong(
                    Self.check, "\(error)",
                    remedy: lacks ?? "see bucket, region and the bucket's policy; "
                        + "howdah repo policy prints what readers need")
            ]
        } catch {
            return [.wrong(Self.check, "\(error)", remedy: "see the network's way to S3")]
        }
    }

    /// Reading goes on wherever the bucket is; it costs, and takes longer.
    private func region(of location: S3Location, _ client: S3Client) async -> Finding? {
        guard let found = try? await client.region(of: location.bucket), let own = settings.region,
            found != own
        else { return nil }
        return .warning(
            "bucket", "'\(location.bucket)' is in '\(found)', and this machine in '\(own)'",
            remedy: "keep a bucket in each region, or go on and pay for the way")
    }

    private func overHTTP(_ url: String) async -> Finding {
        let place = TransferError.withoutSecrets(url)
        do {
            let answer = try await transfer.send(
                HTTPRequest("GET", "\(url)/\(Self.index)"), limits: ClockCheck.limits)
            if answer.status == 404 { return missing(place) }
            guard answer.isSuccess else {
                return .wrong(
                    Self.check, "'\(place)' answered \(answer.status) to \(Self.index)",
                    remedy: "see who may read there")
            }
            return .fine(Self.check, "'\(place)' has an index that can be read")
        } catch {
            return .wrong(
                Self.check, "\(error)", remedy: "see the name, the port and the network's way")
        }
    }

    private func missing(_ url: String) -> Finding {
        .wrong(
            Self.check, "'\(url)' has no \(Self.index)",
            remedy: "correct 'baseurl', or publish there: howdah repo publish DIR \(url)")
    }
}
