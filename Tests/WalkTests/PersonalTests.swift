import FoundationEssentials
import PanelAPI
import Support
import Testing

/// The stack `personal`, whole: one machine that is NameNode and DataNode.
@Suite(.serialized) struct PersonalTests {
    @Test(
        .enabled(if: Walk.isPossible, "needs root and the packages of scripts/build-hdfs-rpms"),
        .timeLimit(.minutes(10)))
    func `one machine is a whole HDFS, and a changed setting restarts it with its data`()
        async throws
    {
        let cluster = try String(
            contentsOfFile: Checkout.root + "/images/local/cluster.yaml", encoding: .utf8
        )
        .replacing("stack: hdfs-3", with: "stack: personal")
        .replacing("dfs.replication: 2", with: "dfs.replication: 1")
        try await Walk.whole(
            cluster: cluster, packages: Checkout.hdfsPackages, slaves: 0
        ) { walk in
            let view = try await walk.view()
            #expect(view.nodes.map(\.name) == ["master"])
            #expect(view.nodes.first?.lastBoot?.outcome == .done)
            try await holdsAFile(walk)
            try await followsASetting(walk, cluster)
        }
    }

    private func holdsAFile(_ walk: Walk) async throws {
        let script = "echo kept | hdfs dfs -put - /file && hdfs dfs -stat %r /file"
        #expect(try await walk.on("master", "sh", "-c", script) == "1\n")
    }

    /// The image's cluster file changes; what an administrator wrote beside our settings stays.
    private func followsASetting(_ walk: Walk, _ cluster: String) async throws {
        let root = "\(walk.state)/instances/\(try await walk.node("master").instance)/root"
        let site = root + "/etc/hadoop/hdfs-site.xml"
        let own = "<property><name>own.word</name><value>theirs</value></property>"
        let written = try String(contentsOfFile: site, encoding: .utf8)
            .replacing("<configuration>", with: "<configuration>\(own)")
        try Data(written.utf8).write(to: URL(filePath: site))
        let changed = cluster.replacing(
            "dfs.namenode.handler.count: 4", with: "dfs.namenode.handler.count: 5")
        try baked(changed, into: root + "/etc/howdah/cluster.yaml")
        _ = try await walk.on("master", "howdah-node", "boot")
        let get = "hdfs getconf -confKey"
        let words = try await walk.on(
            "master", "sh", "-c",
            "\(get) dfs.namenode.handler.count && \(get) own.word && hdfs dfs -cat /file")
        #expect(words == "5\ntheirs\nkept\n")
    }

    /// `howdah local` has put the panel's address into the file.
    private func baked(_ cluster: String, into path: String) throws {
        let there = try String(contentsOfFile: path, encoding: .utf8)
        let panel = there.split(separator: "\n").first { $0.hasPrefix("panel:") } ?? ""
        let text = cluster.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("panel:") ? panel : $0 }.joined(separator: "\n")
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
