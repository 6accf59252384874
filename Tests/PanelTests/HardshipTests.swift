import FoundationEssentials
import GRDB
import Glibc
import PanelAPI
import PanelClient
import Support
import Testing

@testable import Panel

/// Disks that are full, clocks that jump, databases of other versions.
@Suite struct HardshipTests {
    static let isRoot = getuid() == 0

    /// A file system of its own of 24 MiB, for the time of a test.
    private static func withSmallDisk(_ body: (String) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let (image, mount) = (directory + "/image", directory + "/mount")
            try await Command.run("truncate", ["--size=24M", image])
            try await Command.run("mkfs.ext4", ["-q", "-m", "0", image])
            try await Command.run("mkdir", [mount])
            try await Command.run("mount", ["-o", "loop", image, mount])
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(mount)) } catch { outcome = .failure(error) }
            try await Command.run("umount", [mount])
            try outcome.get()
        }
    }

    @Test(.enabled(if: isRoot, "mounting takes root"))
    func `a full disk refuses what it cannot keep, and what it took is there`() async throws {
        try await Self.withSmallDisk { disk in
            let lab = Lab(directory: disk)
            lab.launch(1, role: "master")
            let beats = try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                let start = panel.time.now()
                var sequence = 0
                func beat() async throws {
                    sequence += 1
                    let times = (0..<100).map { start - 80_000 + Double(sequence * 100 + $0) }
                    let values = Dictionary(
                        uniqueKeysWithValues: Metric.allCases.map {
                            ($0.rawValue, Double(sequence))
                        })
                    _ = try await client.heartbeat(
                        HeartbeatSamples.beat(sequence, at: times, values: values))
                }
                try await beat()
                // All but a little of the room goes to others.
                let fill = "dd if=/dev/zero of=\(disk)/others bs=64k || true; sync"
                try await Command.run("bash", ["-c", fill])
                var taken = 1
                var refusal: (any Error)?
                while refusal == nil, taken < 500 {
                    do {
                        try await beat()
                        taken += 1
                    } catch { refusal = error }
                }
                #expect("\(String(describing: refusal))".contains("no-room"))
                // What is there can still be looked at.
                let operators = PanelClient(
                    url: "http://panel", transport: RouterTransport(api: api))
                let view = try await operators.clusterView(
                    "demo", operatorToken: Lab.operatorToken)
                #expect(view.nodes.count == 1)
                try await Command.run("rm", [disk + "/others"])
                sequence = taken
                try await beat()
                return taken + 1
            }
            try await Self.expectWhole(lab, beats: beats)
        }
    }

    private static func expectWhole(_ lab: Lab, beats: Int) async throws {
        let database = try PanelDatabase(path: lab.databasePath)
        let (sound, rows, sequence) = try await database.read { database in
            (
                try String.fetchOne(database, sql: "PRAGMA integrity_check"),
                try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM metricRaw"),
                try Int.fetchOne(database, sql: "SELECT sequence FROM nodes")
            )
        }
        #expect(sound == "ok" && rows == beats * 100 && sequence == beats)
        try database.close()
    }

    @Test func `a clock that jumps back and forth takes no node and no sample away`() async throws {
        try await Lab.with { lab in
            lab.launch(1, role: "master")
            try await lab.withPanel { panel, api in
                let client = lab.client(1, api)
                var stored = 0
                for (sequence, jump) in [0, -7_200, 100, 93_600, -3_600, 30].enumerated() {
                    lab.time.advance(Double(jump))
                    // Its token may be over by this clock: the node enrols again by itself.
                    let now = panel.time.now()
                    var beat = HeartbeatSamples.beat(sequence + 1, at: [now - 1])
                    beat.sentAt = now
                    _ = try await client.heartbeat(beat)
                    await panel.watcher.round()
                    while try await panel.metrics.sumUp(now: now) > 0 {}
                    _ = try await panel.metrics.thinOut(after: 0, rawSeconds: 86_400, now: now)
                    stored += 1
                    let node = try #require(try await panel.viewer.view(of: "demo").nodes.first)
                    #expect(node.state == .booting, "jump \(jump): \(node.state)")
                    #expect(node.silentSeconds == 0)
                }
                let kept = try await panel.nodes.node(Lab.node(1).instanceID)
                #expect(kept?.sequence == stored && kept?.retiredAt == nil)
            }
        }
    }

    @Test func `an instance that EC2 left out once is not gone because the clock jumped`()
        async throws
    {
        try await Lab.with { lab in
            let node = lab.launch(1, role: "master")
            try await lab.withPanel { panel, api in
                try await lab.client(1, api).enrol()
                let instance = lab.cloud.edit { $0.instances.removeValue(forKey: node.instanceID) }
                await panel.watcher.round()
                lab.time.advance(CloudState.forgottenAfterSeconds * 10)
                await panel.watcher.round()
                let kept = try await panel.nodes.node(node.instanceID)
                #expect(kept?.goneAt == nil && kept?.retiredAt == nil)
                lab.cloud.edit { $0.instances[node.instanceID] = instance }
                await panel.watcher.round()
                #expect(try await panel.nodes.node(node.instanceID)?.missingSince == nil)
            }
        }
    }

    @Test(arguments: Migrations.all.migrations)
    func `a database of any version before is brought up to this one, with what is in it`(
        version: String
    ) async throws {
        try await Lab.with { lab in
            let old = try DatabaseQueue(path: lab.databasePath)
            try Migrations.all.migrate(old, upTo: version)
            try await old.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO clusters (name, createdAt) VALUES ('demo', 1);
                        INSERT INTO nodes (instanceID, cluster, name, role, address, hostname, zone,
                            cloudState, sequence, enrolledAt, seenAt)
                        VALUES ('i-00000000000000001', 'demo', 'kept', 'slave', '10.0.0.1', 'h',
                            'eu-central-1a', 'running', 4, 1, 1);
                        """)
            }
            try old.close()
            lab.launch(1, role: "slave")
            try await lab.withPanel { panel, api in
                let enrolment = try await lab.client(1, api).enrol()
                #expect(enrolment.name == "kept")
                _ = try await lab.client(1, api).heartbeat(
                    HeartbeatSamples.beat(5, at: [panel.time.now() - 1]))
                #expect(try await panel.nodes.node("i-00000000000000001")?.sequence == 5)
            }
        }
    }

    @Test func `an older database's nodes keep their last boots`() async throws {
        try await Lab.with { lab in
            let old = try DatabaseQueue(path: lab.databasePath)
            try Migrations.all.migrate(old, upTo: "8: how long boots took")
            try await old.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO clusters (name, createdAt) VALUES ('demo', 1);
                        INSERT INTO nodes (instanceID, cluster, name, role, address, hostname, zone,
                            cloudState, bootID, sequence, enrolledAt, seenAt)
                        VALUES ('i-1', 'demo', 'kept', 'slave', '10.0.0.1', 'h', 'z', 'running',
                                'second', 4, 1, 1),
                            ('i-2', 'demo', 'new', 'slave', '10.0.0.2', 'h', 'z', 'running',
                                NULL, 0, 1, 1);
                        INSERT INTO boots (instanceID, bootID, outcome, seconds, report, receivedAt)
                        VALUES ('i-1', 'second', 'degraded', 7.5, X'', 20),
                            ('i-1', 'first', 'done', 8.5, X'', 10);
                        """)
            }
            try old.close()
            try await lab.withPanel { panel, _ in
                let nodes = try await panel.nodes.current().sorted { $0.name < $1.name }
                #expect(nodes.map(\.lastBootAt) == [20, nil])
                #expect(
                    nodes.map(\.lastBoot) == [
                        BootReport(
                            bootID: "second", instanceID: "i-1", outcome: .degraded, seconds: 7.5,
                            steps: []), nil,
                    ])
            }
        }
    }

    @Test func `a database of a newer version is left as it is, and the line says so`()
        async throws
    {
        try await Lab.with { lab in
            try PanelDatabase(path: lab.databasePath).close()
            let queue = try DatabaseQueue(path: lab.databasePath)
            try await queue.write { database in
                try database.execute(
                    sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99: of tomorrow')")
            }
            try queue.close()
            let error = #expect(throws: PanelStartError.self) {
                try PanelDatabase(path: lab.databasePath)
            }
            let line = "\(String(describing: error))"
            #expect(line.contains("a newer howdah-panel wrote it; use that one"), "\(line)")
            #expect(line.contains(lab.databasePath))
        }
    }
}
