import FoundationEssentials
import PanelAPI
import Support
import Testing

/// The stack `spark`, whole: a Master and a Worker of Spark's own, and an application on them.
@Suite(.serialized) struct SparkTests {
    static let isPossible = Walk.isPossible && Checkout.missingSparkPackages == nil

    static let cluster = """
        howdah: 1
        cluster: local
        panel: http://panel.howdah.internal:8443
        stack: spark
        repositories:
          - id: spark
            baseurl: s3://howdah-local/hdfs
            gpgkey: file:///etc/pki/rpm-gpg/RPM-GPG-KEY-howdah
        storage: [{mount: /data, size: 2 GiB}]
        assume: [java-17-headless]
        settings:
          spark-env.sh: {SPARK_DAEMON_MEMORY: 256m, SPARK_WORKER_CORES: 1, SPARK_WORKER_MEMORY: 1g}

        """

    @Test(
        .enabled(if: isPossible, "needs root and the package of scripts/build-spark-rpms"),
        .timeLimit(.minutes(15)))
    func `a Worker finds the Master, and an application runs on it`() async throws {
        try await Walk.whole(
            cluster: Self.cluster, packages: Checkout.sparkPackages, slaves: 1
        ) { walk in
            let view = try await walk.view()
            #expect(view.nodes.map(\.name).sorted() == ["master", "slave-1"])
            #expect(view.nodes.allSatisfy { $0.lastBoot?.outcome == .done })
            try await runs(walk)
            try await survivesTheMaster(walk)
        }
    }

    /// Its words come from an executor, which is the Worker's.
    private func runs(_ walk: Walk) async throws {
        let root = "\(walk.state)/instances/\(try await walk.node("master").instance)/root"
        let application = "println(s\"sum ${sc.parallelize(1 to 1000, 4).map(_ * 2).sum.toLong}\")"
        let script = """
            export SPARK_HOME=\(root)/usr/lib/spark SPARK_CONF_DIR=\(root)/etc/spark
            echo '\(application)' |
              "$SPARK_HOME/bin/spark-shell" --executor-memory 512m --driver-memory 512m
            """
        let said = try await walk.on("master", "bash", "-c", script)
        #expect(said.contains("sum 1001000"), "\(said)")
        let state = try await Master.asked(walk)
        #expect(state.completedapps.count == 1 && state.aliveworkers == 1)
    }

    /// A changed setting starts the Master anew; its Worker comes back to it.
    private func survivesTheMaster(_ walk: Walk) async throws {
        let root = "\(walk.state)/instances/\(try await walk.node("master").instance)/root"
        let path = URL(filePath: root + "/etc/howdah/cluster.yaml")
        let text = try String(contentsOf: path, encoding: .utf8)
        try Data(text.replacing("256m", with: "300m").utf8).write(to: path)
        _ = try await walk.on("master", "howdah-node", "boot")
        #expect(try await Master.asked(walk).completedapps.isEmpty)
        for _ in 0..<300 {
            if try await Master.asked(walk).aliveworkers == 1 { return }
            try await Task.sleep(for: .seconds(1))
        }
        Issue.record("the Worker did not come back within five minutes")
    }

    /// What the Master's page has as JSON.
    private struct Master: Decodable {
        struct Application: Decodable { let id: String }

        let aliveworkers: Int
        let completedapps: [Application]

        static func asked(_ walk: Walk) async throws -> Master {
            let text = try await walk.on(
                "master", "sh", "-c", "curl -sS --max-time 20 http://master:8080/json/")
            return try JSONDecoder().decode(Master.self, from: Data(text.utf8))
        }
    }
}
