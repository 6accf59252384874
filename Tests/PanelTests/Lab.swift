import Digests
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import PanelAPI
import PanelClient
import Support

@testable import Panel

/// A panel on a database of its own, with doubles for EC2 and STS and a clock that stands still.
struct Lab: Sendable {
    static let account = "123456789012"
    static let operatorToken = "operator-token-of-the-test"

    let directory: String
    let cloud = FakeCloud()
    let identities = FakeIdentities()
    let hdfs = FakeHDFS()
    let time = VirtualTime()
    var clusters = [
        ClusterSettings(
            name: "demo", roles: ["howdah-master": "master", "howdah-slave": "slave"])
    ]

    var access = AccessSettings()
    var tls = TLSSettings.none
    var limits = ConnectionLimits()
    /// Passwords that are cheap to hash: what they cost is tested by itself.
    let hasher = PasswordHasher(
        Scrypt(logN: 4, blockSize: 8, parallelism: 1), random: PanelTime.live.random)

    static func with(_ body: (Lab) async throws -> Void) async throws {
        try await withTemporaryDirectory { try await body(Lab(directory: $0)) }
    }

    var databasePath: String { "\(directory)/panel.db" }

    var settings: PanelSettings {
        var settings = PanelSettings(
            clusters: clusters, host: "127.0.0.1", port: 0, database: databasePath,
            operatorTokenFile: "\(directory)/token", region: "eu-central-1",
            account: Self.account)
        settings.access = access
        settings.tls = tls
        return settings
    }

    /// The same, with a page that needs no login.
    var withOpenPage: Lab {
        var lab = self
        lab.access.isPageOpen = true
        return lab
    }

    /// Opens the panel, on what an earlier one left in the database.
    func open(_ settings: PanelSettings? = nil) async throws -> Panel {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try await Panel(
            settings: settings ?? self.settings, database: try PanelDatabase(path: databasePath),
            cloud: cloud, identities: identities, operatorToken: Self.operatorToken,
            hasher: hasher, limits: limits, hdfs: hdfs, time: time.panelTime, logger: logger)
    }

    /// Opens the panel, hands its API to the test and closes it, as a stop of the program would.
    func withPanel<Value: Sendable>(
        _ settings: PanelSettings? = nil,
        _ body: @escaping @Sendable (Panel, any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        let panel = try await open(settings)
        let value = try await panel.application().test(.router) { client in
            try await body(panel, client)
        }
        try panel.database.close()
        return value
    }

    /// An instance that EC2 has running, with credentials that STS knows.
    @discardableResult
    func launch(
        _ number: Int, role: String, name: String? = nil, address: String? = nil
    ) -> NodeAddress {
        let node = Self.node(number, address: address)
        var tags = ["howdah:role": role]
        tags["Name"] = name
        let instance = CloudInstance(
            id: node.instanceID, state: "running", privateIP: node.address,
            zone: node.availabilityZone, tags: tags)
        cloud.edit { $0.instances[node.instanceID] = instance }
        identities.answer(
            Self.signature(number),
            with: .success(
                "arn:aws:sts::\(Self.account):assumed-role/howdah-\(role)/\(node.instanceID)"))
        return node
    }

    static func node(_ number: Int, address: String? = nil) -> NodeAddress {
        let digits = String(number, radix: 16)
        let id = String(repeating: "0", count: 17 - digits.count) + digits
        return NodeAddress(
            instanceID: "i-\(id)", address: address ?? "10.0.0.\(number)",
            hostname: "ip-10-0-0-\(number)", availabilityZone: "eu-central-1a")
    }

    static func signature(_ number: Int) -> String {
        String(repeating: "a", count: 60) + String(1000 + number)
    }

    /// A node's client; `bootID` names its boot.
    func client(
        _ number: Int, _ api: any TestClientProtocol, address: String? = nil,
        bootID: String = "boot-1"
    ) -> PanelClient {
        PanelClient(url: "http://panel", transport: RouterTransport(api: api)) { challenge in
            Self.request(number, nonce: challenge.nonce, address: address, bootID: bootID)
        }
    }

    static func request(
        _ number: Int, nonce: String, address: String? = nil, bootID: String? = nil
    ) -> EnrolmentRequest {
        EnrolmentRequest(
            date: "20270115T080000Z", region: "eu-central-1", accessKeyID: "ASIAEXAMPLE",
            sessionToken: "session-token-secret", signature: signature(number), nonce: nonce,
            node: node(number, address: address), bootID: bootID)
    }
}

/// Carries the client's calls to the panel's routes without a socket.
struct RouterTransport: PanelTransport {
    let api: any TestClientProtocol

    func send(_ call: PanelCall) async throws -> PanelAnswer {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let bearer = call.bearer { headers[.authorization] = "Bearer \(bearer)" }
        let response = try await api.executeRequest(
            uri: String(call.url.dropFirst("http://panel".count)),
            method: .init(rawValue: call.method) ?? .get, headers: headers,
            body: ByteBuffer(bytes: call.body))
        return PanelAnswer(
            status: response.status.code, body: [UInt8](buffer: response.body))
    }
}
