internal import FoundationEssentials
internal import Host
public import Transfer

/// The first of several providers that has credentials; once one had some, it alone is asked.
///
/// A `CredentialsError` says that a provider has none, unless its `endsSearch` is true; every other
/// error ends the search too, since what is set up and does not work must not be passed over.
public actor CredentialChain: CredentialsProvider {
    private let providers: [any CredentialsProvider]
    private var chosen: (any CredentialsProvider)?

    public init(_ providers: [any CredentialsProvider]) { self.providers = providers }

    /// Environment; web identity; the profile; the container's endpoint; the instance's role
    /// (unless AWS_EC2_METADATA_DISABLED is `true`). The order is that of the AWS SDKs: a
    /// profile's role comes before a web identity of the environment, its keys after it.
    public static func standard(
        environment: [String: String], transfer: TransferClient,
        metadata: MetadataClient? = nil
    ) -> CredentialChain {
        let files = ProfileFiles.load(environment: environment)
        let metadata =
            metadata
            ?? MetadataClient(
                transfer: transfer, environment: environment, patience: .seconds(5))
        let world = CredentialSurroundings(
            environment: environment, settings: .load(environment: environment, files: files),
            transfer: transfer, metadata: metadata, now: WallClock.now)
        var providers: [any CredentialsProvider] = [
            EnvironmentCredentials(environment: environment),
            ProfileCredentials(files, world),
            LateCredentials {
                try ContainerEndpoint(environment: environment).map { endpoint in
                    RenewingCredentials(now: WallClock.now) {
                        try await endpoint.credentials(transfer)
                    }
                }
            },
        ]
        if environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" {
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
            } catch let error as CredentialsError where !error.endsSearch {
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

/// What a profile says, or AWS_WEB_IDENTITY_TOKEN_FILE where it names no role.
public actor ProfileCredentials: CredentialsProvider {
    private let files: ProfileFiles
    private let world: CredentialSurroundings
    private var provider: (any CredentialsProvider)?

    init(_ files: ProfileFiles, _ world: CredentialSurroundings) {
        self.files = files
        self.world = world
    }

    public func credentials() async throws -> Credentials {
        try await found().credentials()
    }

    public func credentials(insteadOf refused: Credentials) async throws -> Credentials {
        try await found().credentials(insteadOf: refused)
    }

    private func found() throws -> any CredentialsProvider {
        if let provider { return provider }
        guard let plan = try plan() else {
            let paths = files.paths.map { "'\($0)'" }.joined(separator: " and ")
            throw CredentialsError(tried: ["profile '\(files.profile)': no keys in \(paths)"])
        }
        let made = try plan.provider(files.profile, world)
        provider = made
        return made
    }
}

extension ProfileCredentials {
    /// A web identity of the environment comes after a profile's role, and before anything else
    /// that a profile may say.
    private func plan() throws(ProfileError) -> CredentialPlan? {
        let profile = files.profiles[files.profile]
        if profile?["role_arn"] == nil, profile != nil || !files.isNamed,
            let web = try CredentialPlan.webIdentity(environment: world.environment)
        {
            return web
        }
        return try CredentialPlan.of(files)
    }
}

/// A provider that is looked for when it is first asked; nil says that there is none.
actor LateCredentials: CredentialsProvider {
    private let make: @Sendable () throws -> (any CredentialsProvider)?
    private var made: (any CredentialsProvider)?

    init(_ make: @escaping @Sendable () throws -> (any CredentialsProvider)?) {
        self.make = make
    }

    func credentials() async throws -> Credentials { try await found().credentials() }

    func credentials(insteadOf refused: Credentials) async throws -> Credentials {
        try await found().credentials(insteadOf: refused)
    }

    private func found() throws -> any CredentialsProvider {
        if let made { return made }
        guard let provider = try make() else { throw CredentialsError(tried: []) }
        made = provider
        return provider
    }
}
