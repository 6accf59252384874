import AWS
import FoundationEssentials
import Support
import Synchronization
import Testing
import Transfer

@Suite struct CredentialsTests {
    @Test func `the environment comes before the profile`() async throws {
        try await withTemporaryDirectory { home in
            try writeFile(
                "\(home)/credentials",
                Array(
                    """
                    # comment
                    [default]
                    aws_access_key_id = DEFAULTKEY
                    aws_secret_access_key = one
                    [other]
                    aws_access_key_id=OTHERKEY
                    aws_secret_access_key=a=b
                    """.utf8))
            try writeFile("\(home)/config", Array("[profile other]\nregion = eu-west-3\n".utf8))
            var environment = [
                "AWS_SHARED_CREDENTIALS_FILE": "\(home)/credentials",
                "AWS_CONFIG_FILE": "\(home)/config", "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_PROFILE": "other",
            ]
            #expect(AWSSettings.load(environment: environment).region == "eu-west-3")
            let profile = try await chain(environment).credentials()
            #expect(profile.accessKeyID == "OTHERKEY" && profile.secretAccessKey == "a=b")
            environment["AWS_PROFILE"] = nil
            #expect(try await chain(environment).credentials().accessKeyID == "DEFAULTKEY")
            environment["AWS_ACCESS_KEY_ID"] = "ENVKEY"
            environment["AWS_SECRET_ACCESS_KEY"] = "secret"
            #expect(try await chain(environment).credentials().accessKeyID == "ENVKEY")
        }
    }

    private func chain(_ environment: [String: String]) -> CredentialChain {
        CredentialChain.standard(environment: environment, transfer: impatientClient())
    }

    @Test func `where there are none, every place that was tried is named`() async throws {
        let endpoint = "http://127.0.0.1:\(freePorts(1)[0])"
        let environment = [
            "HOME": "/nonexistent", "AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint,
        ]
        let transfer = impatientClient()
        let metadata = MetadataClient(
            transfer: transfer, environment: environment, patience: .seconds(3))
        let chain = CredentialChain.standard(
            environment: environment, transfer: transfer, metadata: metadata)
        let error = await #expect(throws: CredentialsError.self) {
            try await chain.credentials()
        }
        #expect(error?.tried.count == 3)
        #expect(error?.description.contains("AWS_ACCESS_KEY_ID is not set") == true)
        #expect(error?.description.contains("'/nonexistent/.aws/credentials'") == true)
        #expect(error?.description.contains(endpoint) == true)
    }

    /// A clock and a source of credentials, both told what to do.
    final class Source: Sendable {
        let state = Mutex((now: 0.0, fetched: 0, fails: false))

        func now() -> Date { Date(timeIntervalSince1970: state.withLock { $0.now }) }

        func advance(to seconds: Double) { state.withLock { $0.now = seconds } }

        func renewing(life: Double) -> RenewingCredentials {
            RenewingCredentials(now: { self.now() }) {
                try self.state.withLock { state in
                    if state.fails { throw CredentialsError(tried: ["told to fail"]) }
                    state.fetched += 1
                    return Credentials(
                        accessKeyID: "KEY\(state.fetched)", secretAccessKey: "s",
                        expiration: Date(timeIntervalSince1970: state.now + life))
                }
            }
        }
    }

    @Test func `credentials are renewed five minutes ahead, or at half of a short life`()
        async throws
    {
        for (life, before, after) in [(3600.0, 3299.0, 3301.0), (20.0, 9.0, 11.0)] {
            let source = Source()
            let provider = source.renewing(life: life)
            #expect(try await provider.credentials().accessKeyID == "KEY1")
            source.advance(to: before)
            #expect(try await provider.credentials().accessKeyID == "KEY1")
            source.advance(to: after)
            #expect(try await provider.credentials().accessKeyID == "KEY2")
        }
    }

    @Test func `a renewal that fails is no error while the old ones are valid`() async throws {
        let source = Source()
        let provider = source.renewing(life: 3600)
        _ = try await provider.credentials()
        source.state.withLock { $0.fails = true }
        source.advance(to: 3500)
        #expect(try await provider.credentials().accessKeyID == "KEY1")
        source.advance(to: 3601)
        await #expect(throws: CredentialsError.self) { try await provider.credentials() }
        source.state.withLock { $0.fails = false }
        #expect(try await provider.credentials().accessKeyID == "KEY2")
    }

    @Test func `however many ask, one fetch is under way`() async throws {
        let source = Source()
        let provider = source.renewing(life: 3600)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 {
                group.addTask { try await provider.credentials().accessKeyID }
            }
            for try await key in group { #expect(key == "KEY1") }
        }
        let refused = try await provider.credentials()
        #expect(try await provider.credentials(insteadOf: refused).accessKeyID == "KEY2")
        #expect(try await provider.credentials(insteadOf: refused).accessKeyID == "KEY2")
    }

    @Test func `nothing that holds a secret prints it`() {
        let proof = IdentityProofParts(
            date: "20260131T000000Z", region: "r", accessKeyID: "KEY", sessionToken: "hidden",
            signature: "hidden", nonce: "n")
        let credentials = Credentials(
            accessKeyID: "KEY", secretAccessKey: "hidden", sessionToken: "hidden")
        let request = HTTPRequest(
            "GET", "http://u:hidden@h/p?q=hidden", headers: ["authorization": "hidden"],
            body: .bytes(Array("hidden".utf8)))
        for value in [proof, credentials, request] as [any Sendable] {
            var dumped = ""
            dump([value], to: &dumped)
            for text in ["\(value)", String(reflecting: value), "\([value])", dumped] {
                #expect(!text.contains("hidden"), "\(text)")
            }
        }
    }
}
