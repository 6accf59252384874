/// Where a profile says that credentials come from. Making it reads no file and calls nobody.
indirect enum CredentialPlan: Sendable, Equatable {
    /// What AssumeRole is told.
    struct Role: Sendable, Equatable {
        var arn: String
        var sessionName: String?
        var externalID: String?
        var durationSeconds: Int?
    }

    case keys(Credentials)
    /// A program that prints them.
    case process(command: String)
    case role(Role, source: CredentialPlan)
    /// A token of an identity provider, in a file that others keep new.
    case webIdentity(Role, tokenPath: String)
    case environment
    case container
    case instance
}

/// A profile that cannot be followed. Unlike one that says nothing of credentials, it ends the
/// search for them.
public struct ProfileError: Error, CustomStringConvertible, Sendable, Equatable {
    public var profile: String
    public var reason: String

    public var description: String { "aws profile '\(profile)': \(reason)" }
}

extension CredentialPlan {
    /// Roles that lead from one profile to the next.
    static let maximumChain = 10

    /// What the chosen profile says; nil where it says nothing of credentials. The order is
    /// botocore's: role, web identity, keys of the credentials file, process, keys of the config
    /// file.
    static func of(_ files: ProfileFiles) throws(ProfileError) -> CredentialPlan? {
        if files.isNamed, files.profiles[files.profile] == nil {
            let paths = files.paths.map { "'\($0)'" }.joined(separator: " and ")
            throw ProfileError(
                profile: files.profile, reason: "is not in \(paths) (AWS_PROFILE names it)")
        }
        return try of(files.profile, files, visited: [])
    }

    private static func of(
        _ name: String, _ files: ProfileFiles, visited: [String]
    ) throws(ProfileError) -> CredentialPlan? {
        guard let profile = files.profiles[name] else { return nil }
        if let arn = profile["role_arn"], profile["web_identity_token_file"] == nil {
            // A role whose source is its own profile has its keys beside it.
            guard visited.last == name else {
                return try role(arn, name, profile, files, visited: visited)
            }
        }
        if let path = profile["web_identity_token_file"] {
            guard let arn = profile["role_arn"] else {
                throw ProfileError(
                    profile: name, reason: "'web_identity_token_file' needs a 'role_arn'")
            }
            return .webIdentity(try settings(arn, name, profile), tokenPath: path)
        }
        if profile["sso_session"] != nil || profile["sso_start_url"] != nil {
            throw ProfileError(
                profile: name,
                reason: "signs in by IAM Identity Center (SSO), which is not done here; run 'aws "
                    + "sso login --profile \(name)' and set 'credential_process = aws configure "
                    + "export-credentials --profile \(name) --format process' in another profile")
        }
        if let command = profile["credential_process"], !files.withKeys.contains(name) {
            return .process(command: command)
        }
        return try keys(name, profile).map { .keys($0) }
    }

    private static func keys(
        _ name: String, _ profile: ProfileFiles.Section
    ) throws(ProfileError) -> Credentials? {
        guard let key = profile["aws_access_key_id"] else { return nil }
        guard let secret = profile["aws_secret_access_key"] else {
            throw ProfileError(
                profile: name, reason: "has 'aws_access_key_id' and no 'aws_secret_access_key'")
        }
        return Credentials(
            accessKeyID: key, secretAccessKey: secret, sessionToken: profile["aws_session_token"])
    }

    private static func role(
        _ arn: String, _ name: String, _ profile: ProfileFiles.Section, _ files: ProfileFiles,
        visited: [String]
    ) throws(ProfileError) -> CredentialPlan {
        func failure(_ reason: String) -> ProfileError {
            ProfileError(profile: name, reason: reason)
        }
        if profile["mfa_serial"] != nil {
            throw failure(
                "'mfa_serial' asks for a code that only a person can type; use 'aws sts "
                    + "assume-role --serial-number … --token-code …' and give what it prints in "
                    + "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN")
        }
        let visited = visited + [name]
        guard visited.count <= maximumChain else {
            throw failure("more than \(maximumChain) roles in a chain of 'source_profile'")
        }
        let role = try settings(arn, name, profile)
        switch (profile["source_profile"], profile["credential_source"]) {
        case (let source?, nil):
            guard source == name || !visited.contains(source) else {
                throw failure("'source_profile' goes round in a circle by '\(source)'")
            }
            guard files.profiles[source] != nil else {
                throw failure("its 'source_profile' '\(source)' is not there")
            }
            guard let plan = try of(source, files, visited: visited) else {
                throw failure("its 'source_profile' '\(source)' has no credentials")
            }
            return .role(role, source: plan)
        case (nil, "Environment"?): return .role(role, source: .environment)
        case (nil, "EcsContainer"?): return .role(role, source: .container)
        case (nil, "Ec2InstanceMetadata"?): return .role(role, source: .instance)
        case (nil, let other?):
            throw failure(
                "'credential_source = \(other)' is none of Environment, EcsContainer and "
                    + "Ec2InstanceMetadata")
        case (_?, _?): throw failure("has both 'source_profile' and 'credential_source'; keep one")
        case (nil, nil): throw failure("'role_arn' needs 'source_profile' or 'credential_source'")
        }
    }

    private static func settings(
        _ arn: String, _ name: String, _ profile: ProfileFiles.Section
    ) throws(ProfileError) -> Role {
        var seconds: Int?
        if let text = profile["duration_seconds"] {
            guard let number = Int(text), (900...43_200).contains(number) else {
                throw ProfileError(
                    profile: name,
                    reason: "'duration_seconds = \(text)' is not between 900 and 43200")
            }
            seconds = number
        }
        return Role(
            arn: arn, sessionName: profile["role_session_name"],
            externalID: profile["external_id"], durationSeconds: seconds)
    }
}
