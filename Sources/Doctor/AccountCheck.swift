public import AWS
public import FoundationEssentials
public import Transfer

/// Who AWS takes these credentials for, and where they are used.
public struct AccountCheck: Sendable {
    let settings: AWSSettings
    let credentials: any CredentialsProvider
    let transfer: TransferClient
    let now: @Sendable () -> Date

    public init(
        settings: AWSSettings, credentials: any CredentialsProvider, transfer: TransferClient,
        now: @escaping @Sendable () -> Date
    ) {
        self.settings = settings
        self.credentials = credentials
        self.transfer = transfer
        self.now = now
    }

    /// `expectedRole`: the IAM role that metadata names; `actualRegion`: the instance's own.
    public func run(expectedRole: String? = nil, actualRegion: String? = nil) async -> [Finding] {
        var findings = [region(actualRegion)]
        if let clock = await clock() { findings.append(clock) }
        return findings + [await identity(expectedRole)]
    }

    private func region(_ actual: String?) -> Finding {
        guard let region = settings.region else {
            return .wrong(
                "region", "there is none",
                remedy: "set AWS_REGION, or 'region' in the profile")
        }
        do {
            _ = try settings.endpoint(.s3, region: region)
        } catch {
            return .wrong("region", "\(error)", remedy: "correct AWS_REGION, or the profile")
        }
        guard let actual, actual != region else { return .fine("region", region) }
        return .warning(
            "region", "set to '\(region)', and the instance is in '\(actual)'",
            remedy: "unset AWS_REGION unless that is meant: calls cross regions and cost")
    }

    /// Any answer of S3's has the time, also one that refuses.
    private func clock() async -> Finding? {
        guard let region = settings.region,
            let endpoint = try? settings.endpoint(.s3, region: region),
            let reading = try? await ClockCheck.read(endpoint.url + "/", transfer, now)
        else { return nil }
        return ClockCheck.finding(reading, from: "S3")
    }

    private func identity(_ expectedRole: String?) async -> Finding {
        do {
            let client = try STSClient(
                settings: settings, credentials: credentials, transfer: transfer, now: now)
            let identity = try await client.getCallerIdentity(
                retry: RetryPolicy(attempts: 2, statuses: [429, 503]))
            let role = identity.assumedRole?.role
            guard let expectedRole, role != expectedRole else {
                return .fine("role", "'\(identity.arn)'")
            }
            return .warning(
                "role",
                "AWS says '\(identity.arn)', and the instance's role is '\(expectedRole)'",
                remedy: "remove keys of other identities from environment and profile; "
                    + "a role that was just replaced takes minutes")
        } catch let error as CredentialsError {
            return .wrong(
                "role", "\(error)",
                remedy: "attach an instance profile; elsewhere set AWS_PROFILE or sign in")
        } catch let error as ServiceError {
            return .wrong(
                "role", "\(error)", remedy: error.hint ?? "see what the service says")
        } catch {
            return .wrong(
                "role", "\(error)",
                remedy: "see the machine's DNS, proxy and route to STS, or a VPC endpoint for it")
        }
    }
}
