import Synchronization
import Testing
import Transfer

@testable import LocalCloud

@Suite struct RoleCredentialsTests {
    /// Counts what it issues; each lives `life` seconds from then.
    final class Issuer: Sendable {
        let count = Mutex(0)
        let hand: MetadataServiceTests.Hand
        let life: Double
        let isAway = Mutex(false)

        init(_ hand: MetadataServiceTests.Hand, life: Double) {
            self.hand = hand
            self.life = life
        }

        @Sendable func issue(_ role: String) async throws -> IssuedCredentials {
            if isAway.withLock({ $0 }) { throw LabError("sts is away") }
            let number = count.withLock {
                $0 += 1
                return $0
            }
            return IssuedCredentials(
                accessKeyID: "AK\(number)", secretAccessKey: "secret", sessionToken: "token",
                issuedSeconds: hand.now(), expirationSeconds: hand.now() + life)
        }
    }

    @Test func `credentials are kept, and replaced ahead of their end`() async throws {
        let hand = MetadataServiceTests.Hand()
        let issuer = Issuer(hand, life: 3600)
        let kept = RoleCredentials(now: hand.now, issue: issuer.issue)
        #expect(try await kept.credentials(role: "r").accessKeyID == "AK1")
        hand.move(3299)
        #expect(try await kept.credentials(role: "r").accessKeyID == "AK1")
        hand.move(1)
        #expect(try await kept.credentials(role: "r").accessKeyID == "AK2")
    }

    @Test func `short-lived ones are replaced at half of their life`() async throws {
        let hand = MetadataServiceTests.Hand()
        let kept = RoleCredentials(now: hand.now, issue: Issuer(hand, life: 20).issue)
        #expect(try await kept.credentials(role: "r").accessKeyID == "AK1")
        hand.move(9)
        #expect(try await kept.credentials(role: "r").accessKeyID == "AK1")
        hand.move(1)
        #expect(try await kept.credentials(role: "r").accessKeyID == "AK2")
    }

    @Test func `good ones outlast an absence of sts, ended ones do not`() async throws {
        let hand = MetadataServiceTests.Hand()
        let issuer = Issuer(hand, life: 3600)
        let kept = RoleCredentials(now: hand.now, issue: issuer.issue)
        _ = try await kept.credentials(role: "r")
        issuer.isAway.withLock { $0 = true }
        hand.move(3500)
        #expect(try await kept.credentials(role: "r").accessKeyID == "AK1")
        hand.move(100)
        await #expect(throws: LabError.self) { try await kept.credentials(role: "r") }
    }

    @Test func `the document is what the aws tools read, and is served with a token`() async throws
    {
        let hand = MetadataServiceTests.Hand()
        let issuer = Issuer(hand, life: 3600)
        try await MetadataServiceTests.with(hand: hand, issue: issuer.issue) { client in
            let answer = try await client.get(
                "/latest/meta-data/iam/security-credentials/howdah-slave",
                token: try await client.token())
            #expect(answer.status == 200)
            #expect(answer.text.contains("\"AccessKeyId\" : \"AK1\""))
            #expect(answer.text.contains("\"Expiration\" : \"1970-01-01T01:16:40Z\""))
        }
    }
}
