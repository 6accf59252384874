import AWS
import Cluster
import FoundationEssentials
import HummingbirdTesting
import Logging
import PanelAPI
import Support
import Testing
import Transfer

@testable import Panel

/// `howdah cluster create` and `destroy` on a panel whose EC2 is moto.
@Suite(.enabled(if: MotoServer.missing == nil, "moto comes with scripts/setup"))
struct ClusterLifeTests {
    private static func settings(_ lab: Lab) -> PanelSettings {
        var settings = lab.settings
        settings.region = "us-east-1"
        settings.account = "000000000000"
        settings.instancePrices = ["m5.large": 0.1]
        settings.volumePrices = ["gp3": 0.08]
        for role in ["master", "slave"] {
            settings.clusters[0].launch[role] = LaunchSettings(
                imageID: "ami-12345678", instanceType: "m5.large", profile: "howdah-\(role)",
                securityGroupIDs: [], subnetIDs: [], keyName: nil, market: .onDemand)
        }
        return settings
    }

    /// The panel at work, and `howdah cluster` with its address and an admin's token.
    private static func with(
        _ body:
            @escaping @Sendable (
                LiveCloud, _ howdah: @escaping @Sendable ([String]) async throws -> Command.Output
            ) async throws -> Void
    ) async throws {
        try await MotoServer.with { moto in
            try await Lab.with { lab in
                let client = try EC2Client(
                    settings: AWSSettings(region: "us-east-1", endpoints: [.ec2: moto.url]),
                    credentials: StaticCredentials(
                        Credentials(accessKeyID: "admin", secretAccessKey: "secret")),
                    transfer: TransferClient())
                let settings = settings(lab)
                _ = try await LaunchTemplates(settings: settings, client: client)
                    .make(dryRun: false)
                let token = "\(lab.directory)/token"
                try writeFile(token, Array(Lab.operatorToken.utf8))
                let panel = try await Panel(
                    settings: settings, database: try PanelDatabase(path: lab.databasePath),
                    cloud: LiveCloud(client), identities: lab.identities,
                    operatorToken: Lab.operatorToken, logger: Logger(label: "test"))
                try await panel.application().test(.live) { api in
                    let url = "http://127.0.0.1:\(try #require(api.port))"
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            while true {
                                _ = await panel.launches.round()
                                _ = await panel.care.round()
                                try await Task.sleep(for: .milliseconds(200))
                            }
                        }
                        try await body(LiveCloud(client)) { arguments in
                            try await Command.run(
                                KilledProgram.programs + "/howdah",
                                ["cluster"] + arguments
                                    + ["--panel", url, "--token-file", token], mayFail: true)
                        }
                        group.cancelAll()
                    }
                }
                try panel.database.close()
            }
        }
    }

    private static func alive(_ cloud: LiveCloud) async throws -> Int {
        try await cloud.instances(ofCluster: "demo").filter { $0.state != "terminated" }.count
    }

    @Test func `a dry run says what a month costs, and starts nothing`() async throws {
        try await Self.with { cloud, howdah in
            try await withTemporaryDirectory { directory in
                let file = "\(directory)/cluster.yaml"
                try writeFile(
                    file,
                    Array(
                        """
                        howdah: 1
                        cluster: demo
                        panel: http://panel
                        stack: hdfs-3
                        storage:
                          - mount: /data
                            size: 200 GiB

                        """.utf8))
                let told = try await howdah(
                    ["create", "--slaves", "2", "--file", file, "--dry-run"])
                #expect(told.exitCode == 0, "\(told.errors)")
                for words in [
                    "instances  1 master, m5.large, on-demand, ami-12345678, "
                        + "template howdah-demo-master: 73.00 a month",
                    "instances  2 slave, m5.large, on-demand, ami-12345678, "
                        + "template howdah-demo-slave: 146.00 a month",
                    "volumes    2 for /data of slave, 200 GiB gp3: 32.00 a month",
                    "policy     slave: instance profile howdah-slave",
                    "in all     267.00 a month",
                ] { #expect(told.output.contains(words), "\(words): \(told.output)") }
                #expect(try await Self.alive(cloud) == 0)
                let many = try await howdah(["create", "--slaves", "10", "--dry-run"])
                #expect(many.exitCode == 1 && many.errors.contains("'maximum-nodes'"))
            }
        }
    }

    @Test func `a cluster is created once, and destroyed until nothing is left`() async throws {
        try await Self.with { cloud, howdah in
            let made = try await howdah(["create", "--slaves", "2"])
            #expect(made.exitCode == 0, "\(made.errors)")
            for _ in 0..<100 where try await Self.alive(cloud) < 3 {
                try await Task.sleep(for: .milliseconds(200))
            }
            let again = try await howdah(["create", "--slaves", "2"])
            #expect(again.output == "demo: all of it is there or on its way\n", "\(again.errors)")
            let volume = try await cloud.createVolume(
                VolumeOrder(
                    claimID: "claim-1", token: "claim-1", zone: "us-east-1a", sizeGiB: 7,
                    type: "gp3", tags: ["howdah:cluster": "demo"]))

            #expect(try await howdah(["destroy", "demo"]).exitCode == 64)
            #expect(try await howdah(["destroy", "demo", "--confirm", "other"]).exitCode == 64)
            let look = try await howdah(["destroy", "demo", "--dry-run"])
            #expect(look.output.split(separator: "\n").count == 4, "\(look.output)")
            #expect(look.output.contains("\(volume.id)  orphan  7 GiB gp3, 0.56 a month"))
            #expect(try await Self.alive(cloud) == 3)

            let kept = try await howdah(["destroy", "demo", "--confirm", "demo", "--wait", "2"])
            #expect(kept.exitCode == 2, "\(kept.errors)")
            #expect(kept.output.split(separator: "\n").count == 1, "\(kept.output)")
            #expect(try await Self.alive(cloud) == 0)
            #expect(try await cloud.volume(volume.id)?.state == "available")

            let all = try await howdah(
                ["destroy", "demo", "--confirm", "demo", "--delete-volumes", "--wait", "2"])
            #expect(all.exitCode == 0, "\(all.errors)")
            #expect(all.output.contains("no instance and no volume with the tag of 'demo'"))
            #expect(try await cloud.volumes(ofCluster: "demo").isEmpty)
        }
    }
}
