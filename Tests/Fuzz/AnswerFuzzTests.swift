import FoundationEssentials
import Support
import Testing
import Transfer

@testable import AWS

/// What S3, STS and whoever stands in for them answer, and the files of a user's own.
@Suite struct AnswerFuzzTests {
    static let words = RepositoryFuzzTests.xml + ["<Error>", "<Code>", "xmlns=\"", "<a:b>", "true"]

    static let answers = [
        """
        <?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\
        <Contents><Key>a&amp;b &#x20;</Key><Size>5</Size><ETag>&quot;1&quot;</ETag></Contents>\
        <IsTruncated>true</IsTruncated><NextContinuationToken>n=1</NextContinuationToken>\
        </ListBucketResult>
        """,
        "<Error><Code>PermanentRedirect</Code><Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint>"
            + "<Message><![CDATA[x <y>]]></Message></Error>",
        """
        <GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/ci</Arn>\
        <UserId>U</UserId><Account>1</Account></GetCallerIdentityResult>\
        </GetCallerIdentityResponse>
        """,
    ]

    @Test func `an answer of any bytes is read or refused`() async throws {
        let caller = try S3Client(
            settings: AWSSettings(region: "eu-west-1"),
            credentials: StaticCredentials(Credentials(accessKeyID: "K", secretAccessKey: "S")),
            transfer: TransferClient()
        ).caller
        let target = FuzzTarget(
            name: "answer", corpus: Self.answers.map { Array($0.utf8) }, words: Self.words
        ) { bytes in
            let call = ServiceCaller.Call(
                operation: "GetObject", method: "GET", bucket: "bucket", key: "k")
            let error = caller.error(call, HTTPResponse(status: 403, body: bytes))
            #expect(!error.description.contains("\n"))
            #expect(error.message.count <= ServiceError.maximumMessage)
            let document = try XMLElement.parse(bytes)
            for element in document.all("Contents") { _ = element.value("Size") }
            _ = try? CallerIdentity.read(bytes)
        }
        try await Fuzzer.standard.run(target)
    }

    @Test func `credentials in any bytes are read or refused, and never quoted`() async throws {
        let document = """
            {"Version":1,"Code":"Success","AccessKeyId":"KEY","SecretAccessKey":"SECRETSECRET",\
            "Token":"TOKENTOKEN","Expiration":"2030-01-01T00:00:00+00:00"}
            """
        let target = FuzzTarget(
            name: "credentials", corpus: [Array(document.utf8)],
            words: ["null", "{", "[", "\"", "\\u0000", "1e999", "Expiration"]
        ) { bytes in
            do throws(CredentialDocument.Unreadable) {
                _ = try CredentialDocument.read(bytes).credentials(isTemporary: true)
            } catch {
                #expect(!error.reason.contains("SECRETSECRET"))
                throw error
            }
        }
        try await Fuzzer.standard.run(target)
    }

    @Test func `profile files of any bytes are read`() async throws {
        let config = """
            [default]
            region = eu-west-1
            aws_access_key_id = K
            aws_secret_access_key = S
            s3 =
              addressing_style = path
            [profile a]
            role_arn = arn:aws:iam::1:role/r
            source_profile = default
            credential_process = x "y z"
            """
        let target = FuzzTarget(
            name: "profiles", corpus: [Array(config.utf8)],
            words: [
                "[", "]", "[profile ", "=", ":", "\n", "\n ", "source_profile = a\n", "\r", "#",
            ]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let files = ProfileFiles.load(environment: ["HOME": "/h", "AWS_PROFILE": "a"]) {
                $0 == "/h/.aws/config" ? text : nil
            }
            _ = AWSSettings.load(environment: [:], files: files)
            _ = try CredentialPlan.of(files)
            _ = try CredentialProcess(profile: "a", command: text, environment: [:]).split()
        }
        try await Fuzzer.standard.run(target)
    }
}
