import FoundationEssentials
import LocalCloud
import PanelAPI
import Support
import Testing

/// A node is drained from a real HDFS of four DataNodes, each an instance with its own network,
/// disk and agent, while a file is being written on it.
@Suite(.serialized) struct DrainTests {
    static let slaves = 4
    /// A block of the lab is 1 MiB: one takes this writer half a minute.
    static let writer = """
        file=$(mktemp)
        for part in $(seq 1 32); do head -c 49152 /dev/urandom; sleep 1; done | tee "$file" |
          hdfs dfs -put - /during && sha256sum <"$file"; rm "$file"
        """

    @Test(
        .enabled(if: Walk.isPossible, "needs root and the packages of scripts/build-hdfs-rpms"),
        .timeLimit(.minutes(6)))
    func `a node is drained while a file is written on it, and nothing is lost`() async throws {
        try await withTemporaryDirectory { folder in
            let walk = Walk(state: folder + "/lab")
            try await walk.howdah(
                "repo", "index", "--sign", Checkout.demoKey + "/secret.asc", Checkout.hdfsPackages)
            do {
                try await walk.howdah(
                    "local", "up", "--light", "--slaves", "\(Self.slaves)", "--repository",
                    Checkout.hdfsPackages, "--key", Checkout.demoKey + "/public.asc")
                try await drainWhileWriting(walk)
                try await takeBack(walk)
            } catch {
                _ = try? await walk.howdah("local", "down")
                throw error
            }
            try await walk.howdah("local", "down")
        }
    }

    private func drainWhileWriting(_ walk: Walk) async throws {
        let before = try await write(walk, "/before")
        let single = try await write(walk, "/single", options: "-D dfs.replication=1")
        async let writing = walk.on("slave-1", "sh", "-c", Self.writer)
        let victim = try await otherWriter(walk)
        let plan = try await cluster(walk, "drain", victim.name, "--dry-run")
        #expect(plan.contains("'\(victim.name)' may go"), "\(plan)")
        _ = try await cluster(walk, "drain", victim.name, "--confirm", victim.instanceID)
        let operations = LabOperations(folder: StateFolder(path: walk.state))
        // The moment in which HDFS calls it decommissioned, and the last block of a file is there.
        let held = try await drain(walk, within: .seconds(40)) { $0.openFiles?.isEmpty == false }
        #expect(held.state == .settling, "\(held)")
        #expect(held.openFiles == ["/during._COPYING_"], "\(held)")
        try await operations.restartPanel()
        #expect(try await drain(walk).state == .settling)
        let during = String(try await writing.prefix(64))
        let ending = try await drain(walk, within: .seconds(60)) { $0.state == .cleaning }
        #expect(ending.state == .cleaning, "\(ending)")
        try await operations.restartPanel()
        let done = try await drain(walk, within: .seconds(60)) { $0.state.isOver }
        #expect(done.state == .done, "\(done)")
        try await expectGone(walk, victim, done)
        for (path, digest) in [("/before", before), ("/single", single), ("/during", during)] {
            let sum = try await walk.on("master", "sh", "-c", "hdfs dfs -cat \(path) | sha256sum")
            #expect(sum.prefix(64) == digest, "\(path)")
        }
        let check = try await walk.on("master", "hdfs", "fsck", "/")
        #expect(check.contains("is HEALTHY") && check.contains("Missing blocks:\t\t0"), "\(check)")
    }

    /// Another one is taken back as soon as the NameNode empties it.
    private func takeBack(_ walk: Walk) async throws {
        let view = try await walk.view()
        let node = try #require(view.nodes.last { $0.role == "slave" && $0.state == .up })
        _ = try await cluster(walk, "drain", node.name, "--confirm", node.instanceID)
        let begun = try await drain(walk, within: .seconds(30)) {
            $0.state != .checking && $0.state != .excluding
        }
        #expect(begun.state.isCancellable && begun.instanceID == node.instanceID, "\(begun)")
        let back = try await cluster(walk, "cancel-drain", node.name, "--watch")
        #expect(back.contains("'\(node.name)' is in service again"), "\(back)")
        let report = try await walk.on("master", "hdfs", "dfsadmin", "-report", "-live")
        #expect(report.contains("Live datanodes (\(Self.slaves - 1)):"), "\(report)")
        #expect(!report.contains("Decommissioned") && !report.contains("in progress"), "\(report)")
    }

    private func write(
        _ walk: Walk, _ path: String, options: String = ""
    ) async throws -> String {
        let script = """
            file=$(mktemp) && head -c 6000000 /dev/urandom >"$file" &&
            hdfs dfs \(options) -put "$file" \(path) && sha256sum <"$file" && rm "$file"
            """
        return String(try await walk.on("slave-2", "sh", "-c", script).prefix(64))
    }

    /// The node that has the block being written, beside the writer's own.
    private func otherWriter(_ walk: Walk) async throws -> NodeView {
        let view = try await walk.view()
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            let text = try await walk.on(
                "master", "hdfs", "fsck", "/", "-openforwrite", "-files", "-blocks", "-locations")
            let lines = text.split(separator: "\n").drop { !$0.hasPrefix("Under Construction") }
            if let line = lines.dropFirst().first,
                let node = view.nodes.first(where: {
                    $0.name != "slave-1" && line.contains("[\($0.address):")
                })
            {
                return node
            }
        }
        throw WalkFailure(description: "nothing was written within 30 s")
    }

    private func expectGone(_ walk: Walk, _ victim: NodeView, _ done: DrainView) async throws {
        let volume = try #require(victim.volumes.first?.volumeID)
        #expect(done.sentence.contains("kept: \(volume)"), "\(done.sentence)")
        let volumes = try JSONDecoder().decode(
            [VolumeView].self,
            from: Data(try await cluster(walk, "volumes", "list", "--json").utf8))
        let kept = volumes.first { $0.id == volume }
        #expect(kept?.use == .orphan, "\(volumes)")
        let view = try await walk.view()
        #expect(view.nodes.first { $0.instanceID == victim.instanceID }?.state == .gone)
        // The root of a light instance is a folder, where its programs are too.
        let list = #"cat "$(command -v hdfs | sed s,/usr/bin/hdfs,,)/etc/hadoop/hosts.exclude""#
        #expect(try await walk.on("master", "sh", "-c", list).isEmpty)
        let events = try await cluster(walk, "events", "--subject", victim.name)
        for action in ["drain-settling", "drain-terminating", "terminated", "drain-done"] {
            #expect(events.contains(action), "\(action) is not in \(events)")
        }
    }

    private func cluster(_ walk: Walk, _ words: String...) async throws -> String {
        try await walk.howdah(
            ["cluster"] + words + [
                "--panel", try await walk.panel(),
                "--token-file", walk.state + "/services/panel/operator-token",
            ]
        ).output
    }

    private func drain(_ walk: Walk) async throws -> DrainView {
        let text = try await cluster(walk, "drains", "--json")
        let drains = try JSONDecoder().decode([DrainView].self, from: Data(text.utf8))
        return try #require(drains.first)
    }

    /// Asks until the answer fits; gives the last answer either way, so that the test shows it.
    private func drain(
        _ walk: Walk, within limit: Duration, until fits: (DrainView) -> Bool
    ) async throws -> DrainView {
        let end = ContinuousClock.now + limit
        var answer = try await drain(walk)
        while !fits(answer), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(100))
            answer = try await drain(walk)
        }
        return answer
    }
}
