import Support
import Testing
import Transfer

@testable import AWS

/// Where credentials come from, decided from profile files; and the same files given to botocore.
@Suite struct CredentialPlanTests {
    static let credentials = """
        [default]
        aws_access_key_id = DEFAULTKEY
        aws_secret_access_key = default/secret=
        [keys]
        aws_access_key_id=FILEKEY
        aws_secret_access_key = s3cr3t # not a comment
        aws_session_token = tok
        [keysbefore]
        aws_access_key_id = BEFOREKEY
        aws_secret_access_key = before
        """
    static let config = """
        [default]
        region = eu-west-1
        aws_access_key_id = CONFIGKEY
        aws_secret_access_key = loses
        [profile onlyconfig]
        aws_access_key_id: COLONKEY
        aws_secret_access_key: colon secret
        ; a comment
        [profile "with blank"]
        aws_access_key_id = BLANKKEY
        aws_secret_access_key = blank
        [profile process]
        credential_process = python3 -c "import json; print(json.dumps(dict(Version=1, \
        AccessKeyId='PROCESSKEY', SecretAccessKey='p s', SessionToken='t', \
        Expiration='2099-01-02T03:04:05+00:00')))"
        [profile failing]
        credential_process = sh -c 'echo SECRET; exit 3'
        [profile keysbefore]
        credential_process = false
        [profile keysafter]
        aws_access_key_id = AFTERKEY
        aws_secret_access_key = after
        credential_process = echo '{"Version":1,"AccessKeyId":"P2","SecretAccessKey":"s"}'
        [profile role]
        role_arn = arn:aws:iam::000000000000:role/publisher
        source_profile = keys
        role_session_name = ci-7
        external_id = x1
        duration_seconds = 1800
        [profile chained]
        role_arn = arn:aws:iam::000000000000:role/second
        source_profile = role
        role_session_name = ci-8
        [profile self]
        role_arn = arn:aws:iam::000000000000:role/own
        source_profile = self
        role_session_name = ci-9
        aws_access_key_id = SELFKEY
        aws_secret_access_key = self
        [profile fromenv]
        role_arn = arn:aws:iam::000000000000:role/env
        credential_source = Environment
        role_session_name = ci-10
        [profile mfa]
        role_arn = arn:aws:iam::000000000000:role/r
        source_profile = keys
        mfa_serial = arn:aws:iam::000000000000:mfa/me
        [profile sso]
        sso_session = corp
        sso_account_id = 1
        sso_role_name = r
        [profile circle]
        role_arn = arn:aws:iam::000000000000:role/r
        source_profile = circle2
        [profile circle2]
        role_arn = arn:aws:iam::000000000000:role/r
        source_profile = circle
        [profile both]
        role_arn = arn:aws:iam::000000000000:role/r
        source_profile = keys
        credential_source = Environment
        [profile neither]
        role_arn = arn:aws:iam::000000000000:role/r
        [profile badsource]
        role_arn = arn:aws:iam::000000000000:role/r
        credential_source = Moon
        [profile nosource]
        role_arn = arn:aws:iam::000000000000:role/r
        source_profile = nonesuch
        [profile half]
        aws_access_key_id = HALF
        [profile nothing]
        region = eu-west-1
        [sso-session corp]
        sso_start_url = https://corp.example/start
        sso_region = eu-west-1
        """

    static func plan(_ profile: String?) throws -> CredentialPlan? {
        var environment = ["HOME": "/h"]
        environment["AWS_PROFILE"] = profile
        return try CredentialPlan.of(
            ProfileFiles.load(environment: environment) { path in
                ["/h/.aws/config": config, "/h/.aws/credentials": credentials][path]
            })
    }

    @Test func `a role is assumed with the keys of its source`() throws {
        let keys = Credentials(
            accessKeyID: "FILEKEY", secretAccessKey: "s3cr3t # not a comment", sessionToken: "tok")
        let role = CredentialPlan.role(
            .init(
                arn: "arn:aws:iam::000000000000:role/publisher", sessionName: "ci-7",
                externalID: "x1", durationSeconds: 1800), source: .keys(keys))
        #expect(try Self.plan("role") == role)
        #expect(
            try Self.plan("chained")
                == .role(
                    .init(
                        arn: "arn:aws:iam::000000000000:role/second", sessionName: "ci-8"),
                    source: role))
        #expect(try Self.plan("nothing") == nil)
        #expect(try Self.plan("process").map { "\($0)".contains("PROCESSKEY") } == true)
    }

    @Test(arguments: [
        ("mfa", "code that only a person can type"), ("sso", "aws sso login --profile sso"),
        ("circle", "circle"), ("both", "keep one"), ("neither", "needs 'source_profile'"),
        ("badsource", "'credential_source = Moon'"), ("nosource", "'nonesuch' is not there"),
        ("half", "no 'aws_secret_access_key'"), ("unknown", "AWS_PROFILE names it"),
    ])
    func `a profile that cannot be followed says why`(profile: String, text: String) {
        let error = #expect(throws: ProfileError.self) { try Self.plan(profile) }
        #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }

    @Test func `a command is split as a shell splits it`() throws {
        func split(_ command: String) throws -> [String] {
            try CredentialProcess(profile: "p", command: command, environment: [:]).split()
        }
        #expect(
            try split(#"a  "b c" 'd "e' f\ g "h\"i\j" ''"#) == [
                "a", "b c", #"d "e"#, "f g", #"h"i\j"#, "",
            ])
        for wrong in ["", "  ", "a 'b", "a \"b", "a \\"] {
            #expect(throws: ProfileError.self) { try split(wrong) }
        }
    }

    /// One line for each profile: what botocore finds.
    static let program = """
        import os, botocore.session
        for profile in os.environ.pop('PROFILES').split(','):
            os.environ['AWS_PROFILE'] = profile
            try:
                found = botocore.session.Session().get_credentials()
                frozen = found.get_frozen_credentials() if found else None
                print('|'.join([profile, *(part or '' for part in frozen[:3])] if frozen
                    else [profile, 'none']))
            except Exception as error:
                print(profile + '|error')
        """

    static let profiles = [
        "default", "keys", "onlyconfig", "with blank", "process", "failing", "keysbefore",
        "keysafter", "circle",
        "both", "neither", "badsource", "nosource", "half", "nothing", "unknown",
    ]

    @Test(.enabled(if: !Botocore.missing, "needs botocore: run scripts/setup"))
    func `profiles give the credentials that botocore finds`() async throws {
        try await withTemporaryDirectory { home in
            try writeFile("\(home)/credentials", Array(Self.credentials.utf8))
            try writeFile("\(home)/config", Array(Self.config.utf8))
            var environment = [
                "AWS_SHARED_CREDENTIALS_FILE": "\(home)/credentials",
                "AWS_CONFIG_FILE": "\(home)/config", "AWS_EC2_METADATA_DISABLED": "true",
                "PATH": "/usr/bin:/bin",
            ]
            let lines = try await Botocore.run(
                Self.program,
                environment.merging(["PROFILES": Self.profiles.joined(separator: ",")]) { $1 })
            var found: [String] = []
            for profile in Self.profiles {
                environment["AWS_PROFILE"] = profile
                let chain = CredentialChain.standard(
                    environment: environment, transfer: impatientClient())
                do {
                    let keys = try await chain.credentials()
                    found.append(
                        [
                            profile, keys.accessKeyID, keys.secretAccessKey,
                            keys.sessionToken ?? "",
                        ].joined(separator: "|"))
                } catch is CredentialsError {
                    found.append("\(profile)|none")
                } catch {
                    #expect(!"\(error)".contains("SECRET"))
                    found.append("\(profile)|error")
                }
            }
            #expect(found == lines.split(separator: "\n").map(String.init))
        }
    }
}
