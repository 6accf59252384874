import AWS
import Digests
import FoundationEssentials
import Synchronization
import Transfer

func sha256(_ bytes: [UInt8]) -> String { Digest.of(bytes).hex }

/// A client whose pauses between attempts take no time.
func impatientClient() -> TransferClient {
    var configuration = TransferClient.Configuration()
    configuration.random = { 0 }
    return TransferClient(configuration)
}

/// Credentials that change whenever a service has refused the last ones.
final class NumberedCredentials: CredentialsProvider {
    private let number = Mutex(1)

    static func numbered(_ number: Int) -> Credentials {
        Credentials(
            accessKeyID: "KEY\(number)", secretAccessKey: "secret", sessionToken: "token\(number)")
    }

    func credentials() async throws -> Credentials {
        Self.numbered(number.withLock { $0 })
    }

    func credentials(insteadOf refused: Credentials) async throws -> Credentials {
        number.withLock { $0 += 1 }
        return try await credentials()
    }
}

/// Never changes.
let staticCredentials = StaticCredentials(
    Credentials(accessKeyID: "KEY", secretAccessKey: "secret", sessionToken: "sessiontoken"))
