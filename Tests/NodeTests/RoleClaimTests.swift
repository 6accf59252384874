import AWS
import Cluster
import PanelAPI
import Support
import Testing
import Transfer

@testable import Node

/// Against moto, which needs scripts/setup. It attaches one volume to two instances, as EC2 does
/// not: what keeps two claimants apart here is what we read, and on EC2 the attachment too.
@Suite(.serialized, .enabled(if: MotoServer.missing == nil, "moto is missing: run scripts/setup"))
struct RoleClaimTests {
    struct Lab: Sendable {
        let ec2: EC2Client
        let instances: [String]
        let zone: String

        func claims(_ instance: Int = 0, mount: String = "/data", index: Int = 0) -> RoleClaims {
            RoleClaims(
                ec2: ec2, cluster: "herd", node: "slave-1", instanceID: instances[instance],
                zone: zone,
                storage: Storage(mount: mount, size: ByteSize(bytes: 3 << 30), by: .role),
                index: index, clock: ContinuousClock())
        }
    }

    static let request = VolumeClaimRequest(mount: "/data", sizeGiB: 3, type: "gp3")

    static func with(_ body: (Lab) async throws -> Void) async throws {
        try await MotoServer.with { moto in
            let settings = AWSSettings(region: "us-east-1", endpoints: [.ec2: moto.url])
            let ec2 = try EC2Client(
                settings: settings, credentials: StaticCredentials(BootLab.credentials),
                transfer: TransferClient())
            // Before its first answer it reads all of EC2's models, which can take longer than a
            // client waits.
            for _ in 1...10 where (try? await ec2.describeVolumes()) == nil {}
            let made = try await ec2.runInstances(
                EC2Launch(
                    imageID: "ami-12c6146b", instanceType: "m5.large", count: 2,
                    availabilityZone: "us-east-1a"))
            try await body(Lab(ec2: ec2, instances: made.map(\.id), zone: "us-east-1a"))
        }
    }

    static func settled(_ claims: RoleClaims) async throws -> VolumeClaim {
        for _ in 1...10 {
            let claim = try await claims.claim(request)
            if claim.state == .attached || claim.state == .failed { return claim }
        }
        return try await claims.claim(request)
    }

    @Test func `a volume is made once, tagged and attached, and is on its first use`() async throws
    {
        try await Self.with { lab in
            let claim = try await Self.settled(lab.claims())
            #expect(claim.state == .attached)
            #expect(claim.firstUse && claim.generation == 1 && claim.filesystemUUID == nil)
            #expect(try await Self.settled(lab.claims()) == claim)
            let other = try await Self.settled(lab.claims(mount: "/logs", index: 1))
            #expect(other.volumeID != claim.volumeID && other.device != claim.device)
            let volumes = try await lab.ec2.describeVolumes(filters: [
                .tag("howdah:node", "slave-1")
            ])
            #expect(Set(volumes.map(\.id)) == [claim.volumeID, other.volumeID])
            #expect(volumes.allSatisfy { $0.sizeGiB == 3 && $0.type == "gp3" })
        }
    }

    @Test func `what was made on it is known, and ends its first use`() async throws {
        try await Self.with { lab in
            let claims = lab.claims()
            let claim = try await Self.settled(claims)
            let intent = FormatIntent(
                volumeID: try #require(claim.volumeID), type: "xfs", uuid: "u-1")
            #expect(try await claims.beginFormat(claim: claim.id, intent).format == intent)
            let told = try await claims.reportFilesystem(
                claim: claim.id, FilesystemReport(type: "xfs", uuid: "u-1"))
            #expect(told.filesystemUUID == "u-1" && !told.firstUse)
        }
    }

    @Test func `the next instance gets it once the last one has let go, and never formats it`()
        async throws
    {
        try await Self.with { lab in
            let first = try await Self.settled(lab.claims())
            let volume = try #require(first.volumeID)
            let early = try await Self.settled(lab.claims(1))
            #expect(early.state == .failed)
            #expect(early.error?.contains("'\(volume)' is on '\(lab.instances[0])'") == true)
            try await lab.ec2.detachVolume(volume, from: lab.instances[0])
            let next = try await Self.settled(lab.claims(1))
            #expect(next.state == .attached && next.volumeID == volume)
            #expect(next.generation == 2 && !next.firstUse)
            // The first one may not go on as if nothing had been.
            try await lab.ec2.detachVolume(volume, from: lab.instances[1])
            #expect(try await Self.settled(lab.claims()).firstUse == false)
        }
    }

    @Test func `a volume that others tagged, from a snapshot, or twice is never guessed at`()
        async throws
    {
        try await Self.with { lab in
            let tags = [
                "howdah:cluster": "herd", "howdah:node": "slave-1", "howdah:mount": "/data",
            ]
            for count in 1...2 {
                _ = try await lab.ec2.createVolume(
                    sizeGiB: 3, type: "gp3", availabilityZone: lab.zone, tags: tags)
                let claim = try await Self.settled(lab.claims())
                #expect(claim.state == (count == 1 ? .attached : .failed))
                #expect(!claim.firstUse)
                if count == 2 { #expect(claim.error?.hasPrefix("several volumes") == true) }
            }
        }
    }

    @Test func `what our own mkfs left is set aside, at most three times`() async throws {
        try await Self.with { lab in
            let claims = lab.claims()
            for _ in 1...3 {
                let claim = try await Self.settled(claims)
                let volume = try #require(claim.volumeID)
                let request = SetAsideRequest(volumeID: volume, found: "half")
                #expect(try await claims.setAside(claim: claim.id, request).state == .failed)
                _ = try await claims.beginFormat(
                    claim: claim.id, FormatIntent(volumeID: volume, type: "xfs", uuid: "u-1"))
                _ = try await claims.setAside(claim: claim.id, request)
            }
            let last = try await Self.settled(claims)
            #expect(last.state == .failed && last.error?.hasPrefix("3 volumes were set") == true)
        }
    }
}
