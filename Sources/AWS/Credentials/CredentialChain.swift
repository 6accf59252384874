internal import FoundationEssentials
internal import Host
public import Transfer

/// The first of several providers that has credentials; once one had some, it alone is asked.
public actor CredentialChain: CredentialsProvider {
    private let providers: [any CredentialsProvider]
    private var chosen: (any CredentialsProvider)?

    public init(_ providers: [any CredentialsProvider]) { self.providers = providers }

    /// Environment, profile files, and the instance's role from metadata (unless
    /// AWS_EC2_METADATA_DISABLED is `true`).
    public static func standard(
        environment: [String: String], transfer: TransferClient,
        metadata: MetadataClient? = nil
    ) -> CredentialChain {
        var providers: [any CredentialsProvider] = [
            EnvironmentCredentials(environment: environment),
            ProfileCredentials(ProfileFiles.load(environment: environment)),
        ]
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" {
            let metadata =
                metadata
                ?? MetadataClient(
                    transfer: transfer, environment: environment, patience: .seconds(5))
            providers.append(instanceRole(metadata))
        }
        return CredentialChain(providers)
    }

    /// The credentials of the instance's role, renewed ahead of their end.
    public static func instanceRole(_ metadata: MetadataClient) -> RenewingCredentials {
        RenewingCredentials(now: WallClock.now) {
            do {
                return try await metadata.roleCredentials()
            } catch let error as MetadataError {
                throw CredentialsError(tried: ["instance metadata: \(error)"])
            }
        }
    }

    public func credentials() async throws -> Credentials {
        if let chosen { return try await chosen.credentials() }
        var tried: [String] = []
        for provider in providers {
            do {
                let credentials = try await provider.credentials()
                chosen = provider
                return credentials
            } catch let error as CredentialsError {
                tried += error.tried
            }
        }
        throw CredentialsError(tried: tried)
    }

    public func credentials(insteadOf refused: Credentials) async throws -> Credentials {
        guard let chosen else { return try await credentials() }
        return try await chosen.credentials(insteadOf: refused)
    }
}
