import FoundationEssentials
import PanelAPI
import Support
import Testing

/// A cluster that the panel makes larger: from the call to EC2 to a DataNode more.
@Suite(.serialized) struct GrowthTests {
    @Test(
        .enabled(if: Walk.isPossible, "needs root and the packages of scripts/build-hdfs-rpms"),
        .timeLimit(.minutes(8)))
    func `what the panel launches boots, enrols and serves HDFS`() async throws {
        let file = Checkout.root + "/images/local/cluster.yaml"
        try await Walk.whole(
            cluster: String(contentsOfFile: file, encoding: .utf8),
            packages: Checkout.hdfsPackages, slaves: 1
        ) { walk in
            let access = [
                "--panel", try await walk.panel(),
                "--token-file", walk.state + "/services/panel/operator-token",
            ]
            try await walk.howdah(["cluster", "scale", "--role", "slave", "--add", "1"] + access)
            let view = try await walk.view(within: .seconds(180)) { view in
                view.nodes.filter { $0.state == .up }.count == 3
            }
            #expect(view.nodes.map(\.name).sorted() == ["master", "slave-1", "slave-2"])
            #expect(view.nodes.allSatisfy { $0.state == .up }, "\(view)")
            let report = try await walk.on("master", "hdfs", "dfsadmin", "-report")
            #expect(report.contains("Live datanodes (2):"), "\(report)")
            let launches = try await walk.howdah(["cluster", "launches"] + access).output
            #expect(launches.contains("enrolled"), "\(launches)")
        }
    }
}
