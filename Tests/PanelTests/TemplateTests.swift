import AWS
import PanelAPI
import Support
import Testing
import Transfer

@testable import Panel

/// Launch templates and what is launched of them, with moto as EC2.
@Suite(.enabled(if: MotoServer.missing == nil, "moto comes with scripts/setup"))
struct TemplateTests {
    private static func settings(image: String) -> PanelSettings {
        var settings = Lab(directory: "/nowhere").settings
        settings.region = "us-east-1"
        settings.clusters[0].launch["slave"] = LaunchSettings(
            imageID: image, instanceType: "m5.large", profile: "howdah-slave",
            securityGroupIDs: [], subnetIDs: [], keyName: nil, market: .onDemand)
        return settings
    }

    private static func client(_ moto: MotoServer) throws -> EC2Client {
        try EC2Client(
            settings: AWSSettings(region: "us-east-1", endpoints: [.ec2: moto.url]),
            credentials: StaticCredentials(
                Credentials(accessKeyID: "admin", secretAccessKey: "secret")),
            transfer: TransferClient())
    }

    @Test func `are made once, renewed where they differ, and left alone else`() async throws {
        try await MotoServer.with { moto in
            let client = try Self.client(moto)
            let first = LaunchTemplates(
                settings: Self.settings(image: "ami-12345678"), client: client)
            #expect(try await first.make(dryRun: true).map(\.outcome) == [.wouldCreate])
            let made = try await first.make(dryRun: false)
            #expect(made.map(\.name) == ["howdah-demo-slave"])
            #expect(made.map(\.outcome) == [.created])
            #expect(try await first.make(dryRun: false).map(\.outcome) == [.unchanged])
            let second = LaunchTemplates(
                settings: Self.settings(image: "ami-87654321"), client: client)
            #expect(try await second.make(dryRun: true).map(\.outcome) == [.wouldRenew])
            #expect(try await second.make(dryRun: false).map(\.outcome) == [.renewed])
            let now = try #require(try await client.launchTemplate("howdah-demo-slave"))
            #expect(now.imageID == "ami-87654321" && now.metadata?.tokens == "required")
        }
    }

    @Test func `an instance of one has its tags, its user-data, and is found and ended`()
        async throws
    {
        try await MotoServer.with { moto in
            let client = try Self.client(moto)
            let settings = Self.settings(image: "ami-12345678")
            _ = try await LaunchTemplates(settings: settings, client: client).make(dryRun: false)
            let cloud = LiveCloud(client)
            let order = InstanceOrder(
                template: "howdah-demo-slave", subnetID: nil, isSpot: false,
                userData: "howdah: 1\n",
                tags: ["howdah:cluster": "demo", "howdah:launch": "launch-1"], token: "launch-1")
            let instance = try await cloud.launch(order)
            let found = try await cloud.instances(taggedWithLaunch: "launch-1")
            #expect(found.map(\.id) == [instance.id])
            #expect(found.first?.tags["howdah:cluster"] == "demo")
            let userData = try await client.userData(of: instance.id)
            #expect(userData == Array("howdah: 1\n".utf8))
            let described = try await client.describeInstances(ids: [instance.id]).first
            #expect(described?.type == "m5.large" && described?.imageID == "ami-12345678")
            try await cloud.terminate(instance: instance.id)
            #expect(try await cloud.instances(taggedWithLaunch: "launch-1").isEmpty)
        }
    }

    @Test(arguments: [true, false])
    func `a volume is encrypted where the settings say so`(isEncrypted: Bool) async throws {
        try await MotoServer.with { moto in
            let client = try Self.client(moto)
            let volume = try await LiveCloud(client, encryptsVolumes: isEncrypted).createVolume(
                VolumeOrder(
                    claimID: "claim-1", token: "claim-1", zone: "us-east-1a", sizeGiB: 1,
                    type: "gp3", tags: [:]))
            let found = try await client.describeVolumes(filters: [
                EC2Filter("encrypted", ["true"])
            ])
            #expect(found.map(\.id) == (isEncrypted ? [volume.id] : []))
        }
    }

    @Test func `a volume is copied, the copy found, and the volume deleted`() async throws {
        try await MotoServer.with { moto in
            let cloud = LiveCloud(try Self.client(moto))
            let volume = try await cloud.createVolume(
                VolumeOrder(
                    claimID: "claim-1", token: "claim-1", zone: "us-east-1a", sizeGiB: 7,
                    type: "gp3", tags: ["howdah:cluster": "demo"]))
            let listed = try await cloud.volumes(ofCluster: "demo")
            #expect(listed.map(\.id) == [volume.id])
            #expect(listed.first?.sizeGiB == 7 && listed.first?.type == "gp3")
            #expect(try await cloud.snapshots(taggedWithOperation: "care-1").isEmpty)
            try await cloud.snapshot(
                volume: volume.id, description: "a copy", tags: ["howdah:operation": "care-1"])
            let copies = try await cloud.snapshots(taggedWithOperation: "care-1")
            #expect(copies.map(\.state) == ["completed"])
            try await cloud.delete(volume: volume.id)
            #expect(try await cloud.volumes(ofCluster: "demo").isEmpty)
        }
    }
}
