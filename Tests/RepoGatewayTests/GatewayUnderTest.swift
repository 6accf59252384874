import AWS
import FoundationEssentials
import Glibc
import Support
import Synchronization
import Testing
import Transfer

@testable import RepoGateway

/// A gateway in this process that serves `s3://acme/el9` of a store.
struct GatewayUnderTest: Sendable {
    let gateway: Gateway
    let port: UInt16
    let log: LineLog

    static let secret = GatewayRulesTests.secret.text

    /// The base URL as a `.repo` file has it.
    var url: String { "http://127.0.0.1:\(port)/\(Self.secret)/acme/el9/" }

    static func with<Value>(
        store: String, credentials: any CredentialsProvider = StaticCredentials(Self.keys),
        change: (inout Gateway.Settings) -> Void = { _ in },
        _ body: (GatewayUnderTest) async throws -> Value
    ) async throws -> Value {
        var settings = Gateway.Settings()
        settings.users = [getuid()]
        change(&settings)
        let client = try S3Client(
            settings: AWSSettings(region: "us-east-1", endpoints: [.s3: store]),
            credentials: credentials, transfer: TransferClient())
        let log = LineLog()
        let gateway = Gateway(
            rules: GatewayRules(
                places: [S3Location(bucket: "acme", key: "el9")],
                secret: GatewayRulesTests.secret),
            client: client, settings: settings, log: { log.add($0) })
        let address = try #require(SocketAddress("127.0.0.1:0"))
        let socket = try ListeningSocket.open(address)
        gateway.serve([socket])
        let value: Value
        do {
            value = try await body(
                GatewayUnderTest(gateway: gateway, port: socket.address.port, log: log))
        } catch {
            await gateway.stop(within: .zero)
            throw error
        }
        await gateway.stop(within: .seconds(60))
        #expect(!log.lines.contains { $0.contains(secret) }, "the secret is in the log")
        return value
    }

    static let keys = Credentials(accessKeyID: "KEY", secretAccessKey: "SECRETKEY")

    func get(
        _ path: String, method: String = "GET", headers: HTTPHeaders = [:]
    ) async throws -> HTTPResponse {
        let limits = TransferLimits(
            connect: .seconds(60), total: .seconds(300), stall: nil, maximumBody: 1 << 28)
        return try await TransferClient().send(
            HTTPRequest(method, url + path, headers: headers), limits: limits)
    }
}

/// Lines that somebody wrote.
final class LineLog: Sendable {
    private let kept = Mutex<[String]>([])
    func add(_ line: String) { kept.withLock { $0.append(line) } }
    var lines: [String] { kept.withLock { $0 } }
}
