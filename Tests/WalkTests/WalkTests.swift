import FoundationEssentials
import PanelAPI
import Support
import Testing

/// The main job, end to end: from RPMs in a private bucket to a running HDFS, on this machine.
@Suite(.serialized) struct WalkTests {
    /// What the nodes are.
    enum Form: String, Sendable, CaseIterable {
        case light, container

        var options: [String] { self == .light ? ["--light"] : [] }
        /// A volume each; a container has a disk of its own beside it.
        var loopDevices: Int { self == .light ? 3 : 6 }
    }

    @Test(
        .enabled(if: Walk.isPossible, "needs root and the packages of scripts/build-hdfs-rpms"),
        .enabled(if: Walk.isContainerPossible, "needs what scripts/setup and build-node make"),
        .timeLimit(.minutes(15)), arguments: Form.allCases)
    func `a cluster boots, keeps its data through a reboot, shows a dead slave, and is removed`(
        form: Form
    ) async throws {
        try await withTemporaryDirectory { folder in
            let walk = Walk(state: folder + "/lab")
            do {
                try await publishAndStart(walk, form)
                let first = try await everyNodeIsUp(walk, form)
                try await pageShowsTheSame(walk, first)
                try await racksAreZones(walk)
                let file = try await fileIsReadElsewhere(walk)
                try await secondBootChangesNothing(walk)
                try await rebootKeepsTheData(walk, first, file)
                try await killedSlaveIsDown(walk)
                try await credentialsAreNowhere(walk)
            } catch {
                _ = try? await walk.howdah("local", "down")
                throw error
            }
            let lab = try walk.lab()
            let living = try await Traces.of(lab: lab, state: walk.state)
            #expect(living.namespaces.count == 4 && living.loopDevices.count == form.loopDevices)
            #expect(!living.processes.isEmpty)
            #expect(living.groups.isEmpty == (form == .light))
            try await walk.howdah("local", "down")
            #expect(try await Traces.of(lab: lab, state: walk.state) == Traces())
            try await walk.howdah("local", "down")
        }
    }

    private func publishAndStart(_ walk: Walk, _ form: Form) async throws {
        try await walk.howdah(
            "repo", "index", "--sign", Checkout.demoKey + "/secret.asc", Checkout.hdfsPackages)
        let start = try await walk.howdah(
            [
                "local", "up", "--slaves", "2", "--repository", Checkout.hdfsPackages,
                "--key", Checkout.demoKey + "/public.asc",
            ] + form.options)
        #expect(start.errors.contains(form == .light ? "light instances" : "booted containers"))
    }

    private func everyNodeIsUp(_ walk: Walk, _ form: Form) async throws -> ClusterView {
        let view = try await walk.view()
        #expect(view.nodes.map(\.name).sorted() == ["master", "slave-1", "slave-2"])
        #expect(view.nodes.allSatisfy { $0.state == .up })
        for node in view.nodes {
            let boot = try #require(node.lastBoot, "\(node.name) has reported no boot")
            #expect(boot.outcome == .done)
            let names = Set(boot.steps.map(\.name))
            let expected: Set = [
                "facts", "credentials", "enrol", "hosts", "volume /data", "packages", "files",
                "preparations", "daemons",
            ]
            // A light one shares its users with the machine: its metadata is not closed.
            #expect(names == (form == .light ? expected : expected.union(["metadata"])))
            #expect(node.volumes.allSatisfy { $0.state == .attached && !$0.firstUse })
            let hosts = try await walk.on(node.name, "cat", "/etc/hosts")
            #expect(hosts.contains(" master"))
            let status = try await walk.on(node.name, "howdah-node", "status")
            #expect(status.hasPrefix("done after"))
        }
        return view
    }

    /// HDFS has the zone's id as the rack of both slaves.
    private func racksAreZones(_ walk: Walk) async throws {
        let topology = try await walk.on("master", "hdfs", "dfsadmin", "-printTopology")
        let racks = topology.split(separator: "\n").filter { $0.hasPrefix("Rack: ") }
        #expect(racks.count == 1 && racks[0].hasPrefix("Rack: /use1-az"), "\(topology)")
    }

    private func pageShowsTheSame(_ walk: Walk, _ view: ClusterView) async throws {
        let page = try await Command.run(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--dump-dom", try await walk.panel() + "/",
            ]
        ).output
        for node in view.nodes {
            #expect(page.contains(node.name) && page.contains(node.address))
        }
        #expect(page.contains("3 up"))
    }

    /// Writes on one slave, reads on the other; gives the digest.
    private func fileIsReadElsewhere(_ walk: Walk) async throws -> String {
        let report = try await walk.on("master", "hdfs", "dfsadmin", "-report")
        #expect(report.contains("Live datanodes (2):"))
        let script = """
            file=$(mktemp) && head -c 3000000 /dev/urandom >"$file" &&
            hdfs dfs -put "$file" /file && sha256sum <"$file" && rm "$file"
            """
        let digest = try await walk.on("slave-1", "sh", "-c", script).prefix(64)
        #expect(digest.count == 64)
        try await expectFile(walk, "slave-2", String(digest))
        return String(digest)
    }

    private func expectFile(_ walk: Walk, _ node: String, _ digest: String) async throws {
        let sum = try await walk.on(node, "sh", "-c", "hdfs dfs -cat /file | sha256sum")
        #expect(sum.hasPrefix(digest))
    }

    private func secondBootChangesNothing(_ walk: Walk) async throws {
        _ = try await walk.on("master", "howdah-node", "boot")
        let text = try await walk.on("master", "howdah-node", "status", "--json")
        struct Step: Decodable {
            var name: String
            var outcome: String
        }
        struct State: Decodable { var steps: [Step] }
        let state = try JSONDecoder().decode(State.self, from: Data(text.utf8))
        for name in ["hosts", "volume /data", "packages", "files", "preparations", "daemons"] {
            #expect(state.steps.first { $0.name == name }?.outcome == "unchanged", "\(name)")
        }
    }

    private func rebootKeepsTheData(
        _ walk: Walk, _ first: ClusterView, _ file: String
    ) async throws {
        let before = try #require(first.nodes.first { $0.name == "slave-1" })
        try await walk.howdah("local", "reboot", "slave-1")
        let view = try await walk.view(within: .seconds(90)) { view in
            let slave = view.nodes.first { $0.name == "slave-1" }
            return slave?.state == .up && slave?.lastBoot?.bootID != before.lastBoot?.bootID
        }
        let after = try #require(view.nodes.first { $0.name == "slave-1" })
        #expect(after.state == .up)
        #expect(after.lastBoot?.bootID != before.lastBoot?.bootID)
        #expect(after.volumes.map(\.volumeID) == before.volumes.map(\.volumeID))
        #expect(after.volumes.map(\.filesystemUUID) == before.volumes.map(\.filesystemUUID))
        #expect(after.volumes.first?.filesystemUUID != nil)
        try await expectFile(walk, "slave-1", file)
        let report = try await walk.on("master", "hdfs", "dfsadmin", "-report")
        #expect(report.contains("Live datanodes (2):"))
    }

    private func killedSlaveIsDown(_ walk: Walk) async throws {
        try await walk.howdah("local", "kill", "slave-2")
        let view = try await walk.view(within: .seconds(60)) { view in
            view.nodes.first { $0.name == "slave-2" }?.state == .down
        }
        #expect(view.nodes.first { $0.name == "slave-2" }?.state == .down)
        #expect(view.nodes.first { $0.name == "slave-1" }?.state == .up)
    }

    /// Neither the nodes' folders nor the panel's database and log hold what opens S3: the session
    /// token that a node has now is looked for in all of them.
    private func credentialsAreNowhere(_ walk: Walk) async throws {
        let script = """
            token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
              http://169.254.169.254/latest/api/token) &&
            curl -sf -H "X-aws-ec2-metadata-token: $token" \
              http://169.254.169.254/latest/meta-data/iam/security-credentials/howdah-slave
            """
        struct Credentials: Decodable {
            var SecretAccessKey: String
            var Token: String
        }
        let instance = try await walk.node("slave-1").instance
        let namespace = "howdah-\(try walk.lab())-" + instance.dropFirst(2)
        let text = try await Command.run(
            "ip", ["netns", "exec", namespace, "sh", "-c", script]
        ).output
        let credentials = try JSONDecoder().decode(Credentials.self, from: Data(text.utf8))
        try await Command.run("sync", [])
        for secret in [credentials.SecretAccessKey, String(credentials.Token.prefix(200))] {
            let found = try await Command.run(
                "grep", ["-rlaF", "--", secret, walk.state + "/instances", walk.state + "/log"],
                mayFail: true)
            #expect(found.exitCode == 1, "a credential is in \(found.output)\(found.errors)")
        }
    }
}
