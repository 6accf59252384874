internal import FoundationEssentials
internal import Host
internal import Transfer

/// What a plan is carried out with.
struct CredentialSurroundings: Sendable {
    var environment: [String: String]
    var settings: AWSSettings
    var transfer: TransferClient
    var metadata: MetadataClient
    var now: @Sendable () -> Date

    /// A session needs a name, which the service's log shows.
    var sessionName: String {
        let given = environment["AWS_ROLE_SESSION_NAME"] ?? ""
        return given.isEmpty ? "howdah-\(Int(now().timeIntervalSince1970))" : given
    }
}

/// A provider that others build on: that it has nothing ends the search.
struct RequiredCredentials: CredentialsProvider {
    private let provider: any CredentialsProvider

    init(_ provider: any CredentialsProvider) { self.provider = provider }

    func credentials() async throws -> Credentials {
        try await required { try await provider.credentials() }
    }

    func credentials(insteadOf refused: Credentials) async throws -> Credentials {
        try await required { try await provider.credentials(insteadOf: refused) }
    }

    private func required(_ ask: () async throws -> Credentials) async throws -> Credentials {
        do {
            return try await ask()
        } catch var error as CredentialsError {
            error.endsSearch = true
            throw error
        }
    }
}

extension CredentialPlan {
    /// The provider of the planned credentials; what ends is fetched anew ahead of its end.
    func provider(
        _ profile: String, _ world: CredentialSurroundings
    ) throws -> any CredentialsProvider {
        switch self {
        case .keys(let keys): return StaticCredentials(keys)
        case .environment: return EnvironmentCredentials(environment: world.environment)
        case .instance:
            guard world.environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else {
                throw ProfileError(
                    profile: profile,
                    reason: "'credential_source = Ec2InstanceMetadata', and "
                        + "AWS_EC2_METADATA_DISABLED is 'true'")
            }
            return CredentialChain.instanceRole(world.metadata)
        case .process(let command):
            let process = CredentialProcess(
                profile: profile, command: command, environment: world.environment)
            return RenewingCredentials(now: world.now) { try await process.credentials() }
        case .container:
            guard let endpoint = try ContainerEndpoint(environment: world.environment) else {
                throw ProfileError(
                    profile: profile,
                    reason: "'credential_source = EcsContainer' outside of a container: "
                        + "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set")
            }
            return RenewingCredentials(now: world.now) {
                try await endpoint.credentials(world.transfer)
            }
        case .role(let role, let source):
            let source = RequiredCredentials(try source.provider(profile, world))
            return RenewingCredentials(now: world.now) {
                try await STSClient(
                    settings: world.settings.withSomeRegion, credentials: source,
                    transfer: world.transfer, now: world.now
                ).assumeRole(
                    role.arn, sessionName: role.sessionName ?? world.sessionName,
                    durationSeconds: role.durationSeconds, externalID: role.externalID)
            }
        case .webIdentity(let role, let tokenPath):
            return RenewingCredentials(now: world.now) {
                try await CredentialPlan.webIdentity(role, tokenPath, world)
            }
        }
    }

    static let maximumToken = 1 << 16

    private static func webIdentity(
        _ role: Role, _ tokenPath: String, _ world: CredentialSurroundings
    ) async throws -> Credentials {
        guard let data = try? Data(contentsOf: URL(filePath: tokenPath)),
            data.count <= maximumToken
        else {
            throw CredentialsError.broken(
                "web identity: the token file '\(tokenPath)' cannot be read")
        }
        let token = String(decoding: data, as: UTF8.self).trimmingBlanks
        // The token proves who asks: such a call is not signed.
        let nobody = StaticCredentials(Credentials(accessKeyID: "", secretAccessKey: ""))
        return try await STSClient(
            settings: world.settings.withSomeRegion, credentials: nobody,
            transfer: world.transfer, now: world.now
        ).assumeRole(
            role.arn, sessionName: role.sessionName ?? world.sessionName,
            webIdentityToken: token, durationSeconds: role.durationSeconds)
    }

    /// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, as EKS sets them.
    static func webIdentity(environment: [String: String]) throws(ProfileError) -> CredentialPlan? {
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"], !path.isEmpty else {
            return nil
        }
        guard let arn = environment["AWS_ROLE_ARN"], !arn.isEmpty else {
            throw ProfileError(
                profile: environment["AWS_PROFILE"] ?? "default",
                reason: "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not")
        }
        return .webIdentity(Role(arn: arn), tokenPath: path)
    }
}
