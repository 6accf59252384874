import AWS
import HummingbirdTesting
import Logging
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Panel

/// The panel against SeaweedFS as STS and moto as EC2: a signed identity, a volume.
@Suite struct InteropTests {
    static let missing = SeaweedServer.missing ?? MotoServer.missing

    /// The metadata service, which alone may assume the role for an instance.
    static let metadata = SeaweedServer.Identity(
        "metadata", accessKeyID: "METADATAKEY", secretAccessKey: "metadatasecret", actions: [])

    static let slave = SeaweedServer.Role(
        "howdah-slave", trusted: ["metadata"],
        policy: #"{"Version":"2012-10-17","Statement":[]}"#)

    static func settings(_ weed: SeaweedServer, _ moto: MotoServer) -> AWSSettings {
        AWSSettings(region: "us-east-1", endpoints: [.sts: weed.url, .ec2: moto.url])
    }

    @Test(.enabled(if: missing == nil, "weed and moto come with scripts/setup"))
    func `a signed identity gets a volume that EC2 attached`() async throws {
        try await SeaweedServer.with(identities: [.admin, Self.metadata], roles: [Self.slave]) {
            weed in
            try await MotoServer.with { moto in
                try await Lab.with { lab in
                    try await Self.walk(lab, Self.settings(weed, moto))
                }
            }
        }
    }

    private static func walk(_ lab: Lab, _ aws: AWSSettings) async throws {
        let transfer = TransferClient()
        let own = StaticCredentials(Credentials(accessKeyID: "panel", secretAccessKey: "secret"))
        let ec2 = try EC2Client(settings: aws, credentials: own, transfer: transfer)
        let instance = try #require(
            try await ec2.runInstances(
                EC2Launch(
                    imageID: "ami-12345678", instanceType: "m5.large", count: 1,
                    availabilityZone: "us-east-1a", tags: ["howdah:role": "slave"])
            ).first)
        let address = try #require(instance.privateIPv4)
        let node = NodeAddress(
            instanceID: instance.id, address: address, hostname: "slave-1",
            availabilityZone: "us-east-1a")
        var settings = lab.settings
        settings.account = "000000000000"
        settings.region = "us-east-1"
        let panel = try await Panel(
            settings: settings, database: try PanelDatabase(path: lab.databasePath),
            cloud: LiveCloud(ec2),
            identities: LiveIdentity(
                try IdentityProofVerifier(settings: aws, transfer: transfer)),
            operatorToken: Lab.operatorToken, logger: Logger(label: "test"))
        let credentials = try await assume(slave, session: instance.id, aws, transfer)
        try await panel.application().test(.router) { api in
            let client = try Self.client(node, credentials, aws, transfer, api)
            #expect(try await client.enrol().role == "slave")
            // moto names a zone's id only where it describes the zones.
            let member = try #require(try await client.members().first)
            #expect(member.zone == "us-east-1a")
            #expect(member.zoneID?.hasPrefix("use1-az") == true, "\(member)")
            let claim = try await client.claim(ClaimTests.request)
            await ClaimTests.settle(panel)
            let settled = try await client.claimStatus(claim.id)
            #expect(settled.state == .attached && settled.firstUse, "\(settled)")
            let volumes = try await ec2.describeVolumes(filters: [.tag("howdah:claim", claim.id)])
            #expect(volumes.map(\.id) == [settled.volumeID])
            #expect(volumes.first?.attachments.map(\.instanceID) == [instance.id])
            try await Self.expectRefusals(node, credentials, aws, transfer, api)
            try await ec2.terminateInstances([instance.id])
            await panel.watcher.round()
            #expect(try await panel.viewer.view(of: "demo").nodes.map(\.state) == [.gone])
        }
    }

    /// The same credentials for another instance, or for another panel's challenge.
    private static func expectRefusals(
        _ node: NodeAddress, _ credentials: Credentials, _ aws: AWSSettings,
        _ transfer: TransferClient, _ api: any TestClientProtocol
    ) async throws {
        var other = node
        other.instanceID = "i-0123456789abcdef0"
        let liar = try client(other, credentials, aws, transfer, api)
        let lie = await #expect(throws: PanelError.self) { try await liar.enrol() }
        #expect("\(String(describing: lie))".contains("are those of '\(node.instanceID)'"))
        let stray = try client(node, credentials, aws, transfer, api, serverID: "panel-other")
        let replay = await #expect(throws: PanelError.self) { try await stray.enrol() }
        #expect("\(String(describing: replay))".contains("STS did not accept"))
    }

    private static func assume(
        _ role: SeaweedServer.Role, session: String, _ aws: AWSSettings,
        _ transfer: TransferClient
    ) async throws -> Credentials {
        let sts = try STSClient(
            settings: aws,
            credentials: StaticCredentials(
                Credentials(
                    accessKeyID: metadata.accessKeyID,
                    secretAccessKey: metadata.secretAccessKey)),
            transfer: transfer)
        return try await sts.assumeRole(role.arn, sessionName: session)
    }

    private static func client(
        _ node: NodeAddress, _ credentials: Credentials, _ aws: AWSSettings,
        _ transfer: TransferClient, _ api: any TestClientProtocol, serverID: String? = nil
    ) throws -> PanelClient {
        let signer = try IdentityProofSigner(
            settings: aws, credentials: StaticCredentials(credentials), transfer: transfer)
        return PanelClient(url: "http://panel", transport: RouterTransport(api: api)) { challenge in
            let parts = try await signer.proof(
                serverID: serverID ?? challenge.serverID, nonce: challenge.nonce)
            return EnrolmentRequest(
                date: parts.date, region: parts.region, accessKeyID: parts.accessKeyID,
                sessionToken: parts.sessionToken, signature: parts.signature, nonce: parts.nonce,
                node: node)
        }
    }
}
