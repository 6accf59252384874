import FoundationEssentials
import HadoopMetrics
import PanelAPI
import Support
import Testing

/// A cluster that the panel makes larger: from the call to EC2 to a DataNode more, which then gets
/// its part of what was there before.
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
            let digest = try await Self.write("/old", walk)
            let view = try await walk.view(within: .seconds(180)) { view in
                view.nodes.filter { $0.state == .up }.count == 3
            }
            #expect(view.nodes.map(\.name).sorted() == ["master", "slave-1", "slave-2"])
            #expect(view.nodes.allSatisfy { $0.state == .up }, "\(view)")
            let report = try await walk.on("master", "hdfs", "dfsadmin", "-report")
            #expect(report.contains("Live datanodes (2):"), "\(report)")
            let launches = try await walk.howdah(["cluster", "launches"] + access).output
            #expect(launches.contains("enrolled"), "\(launches)")
            try await Self.balance(walk, access)
            try await Self.balanceAfterCut(walk, access)
            let sum = try await walk.on("master", "sh", "-c", "hdfs dfs -cat /old | sha256sum")
            #expect(sum.prefix(64) == digest)
        }
    }

    /// Six of a hundred parts of the first DataNode's volume; says its digest.
    private static func write(_ path: String, _ walk: Walk) async throws -> String {
        let script = """
            file=$(mktemp) && head -c 128000000 /dev/urandom >"$file" &&
            hdfs dfs -D dfs.replication=1 -put "$file" \(path) && sha256sum <"$file" && rm "$file"
            """
        return String(try await walk.on("slave-1", "sh", "-c", script).prefix(64))
    }

    private static func plan(_ walk: Walk, _ access: [String]) async throws -> BalancePlan {
        let text = try await walk.howdah(
            ["cluster", "balance", "--dry-run", "--threshold", "1", "--json"] + access
        ).output
        return try JSONDecoder().decode(BalancePlan.self, from: Data(text.utf8))
    }

    private static func balance(_ walk: Walk, _ access: [String]) async throws {
        let before = try await plan(walk, access)
        #expect(before.nodes.map(\.node) == ["slave-1", "slave-2"], "\(before)")
        #expect(before.obstacle == nil && before.bytesToMove > 30_000_000, "\(before)")
        let told = try await walk.howdah(
            ["cluster", "balance", "--threshold", "1", "--bandwidth", "40 MiB", "--watch"] + access
        ).output
        #expect(told.contains("balanced  all DataNodes are within the threshold"), "\(told)")
        // HDFS's own count is the oracle, as it prints it.
        let log = try await walk.on("master", "sh", "-c", Self.log)
        let start = log.split(separator: "\n").prefix { !$0.contains("Bytes Left To Move") }.count
        let round = log.split(separator: "\n").dropFirst(start + 1)
            .first { BalancerOutput(String($0)).round != nil }
        let first = try #require(round.flatMap { BalancerOutput(String($0)).round }, "\(log)")
        #expect(abs(first.leftBytes - before.bytesToMove) < 1 << 20, "\(log) and \(before)")
        let after = try await plan(walk, access)
        #expect(after.bytesToMove == 0 && after.nodes.allSatisfy { $0.usedBytes > 30_000_000 })
        let check = try await walk.on("master", "hdfs", "fsck", "/")
        #expect(check.contains("is HEALTHY"), "\(check)")
        let events = try await walk.howdah(["cluster", "events"] + access).output
        #expect(events.contains("balance-balanced"), "\(events)")
    }

    /// A balancer that was killed leaves its mark in HDFS, with a lease of a minute: whoever comes
    /// next is refused until that is over.
    private static func balanceAfterCut(_ walk: Walk, _ access: [String]) async throws {
        _ = try await write("/more", walk)
        _ = try await walk.on("master", "sh", "-c", cut)
        let told = try await walk.howdah(
            ["cluster", "balance", "--threshold", "1", "--bandwidth", "40 MiB", "--watch"] + access
        ).output
        #expect(told.contains("it cannot begin yet, and is tried again"), "\(told)")
        #expect(told.contains("balanced  all DataNodes are within the threshold"), "\(told)")
        #expect(try await plan(walk, access).bytesToMove == 0)
    }

    private static let cut = """
        hdfs dfsadmin -setBalancerBandwidth 1048576
        setsid hdfs balancer -threshold 1 >/dev/null 2>&1 &
        group=$!
        for try in $(seq 60); do hdfs dfs -test -e /system/balancer.id && break; sleep 0.2; done
        kill -9 -$group
        """

    /// The root of a light instance is a folder.
    private static let log =
        #"cat "$(command -v hdfs | sed s,/usr/bin/hdfs,,)/var/log/howdah/balancer.log""#
}
