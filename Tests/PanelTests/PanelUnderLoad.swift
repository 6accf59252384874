import AWS
import Digests
import FoundationEssentials
import GRDB
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Panel

/// A node's own key, for tests.
struct SigningKeyPair: Sendable {
    private let number: UInt8

    init(_ number: UInt8) { self.number = number }

    func prover(_ address: NodeAddress, _ token: String?) -> PanelClient.Prover {
        { [number] challenge in
            let seed = [UInt8](repeating: number, count: SigningKey.keyBytes)
            let key = try #require(SigningKey(seed: seed))
            var request = KeyEnrolmentRequest(
                publicKey: Hex.encode(key.publicKey), nonce: challenge.nonce, token: token,
                node: address, bootID: "boot-1")
            let statement = request.statement(serverID: challenge.serverID)
            request.signature = Hex.encode(try #require(key.signature(of: statement)))
            return .key(request)
        }
    }
}

/// A real `howdah-panel` that is killed and started again on the same database.
actor PanelUnderLoad {
    static let nodesAtOnce = 4
    static let zone = "us-east-1a"

    let directory: String
    let moto: MotoServer
    let ledger = Acknowledged()
    private let transfer = TransferClient()
    private let ec2: EC2Client
    private var nodes: [LoadNode] = []
    private var launched = 0

    init(directory: String, moto: MotoServer) async throws {
        self.directory = directory
        self.moto = moto
        ec2 = try EC2Client(
            settings: AWSSettings(region: "us-east-1", endpoints: [.ec2: moto.url]),
            credentials: StaticCredentials(
                Credentials(accessKeyID: "test", secretAccessKey: "test")),
            transfer: transfer)
        try writeFile("\(directory)/token", Array(Lab.operatorToken.utf8))
        let settings = """
            cluster: demo
            listen: 127.0.0.1:0
            database: \(directory)/panel.db
            operator-token-file: \(directory)/token
            region: us-east-1
            account: "000000000000"
            roles:
              howdah-slave: slave
            maximum-nodes: 20000
            launch:
              slave: {image: ami-12345678, type: m5.large, profile: howdah-slave}

            """
        try writeFile("\(directory)/panel.yaml", Array(settings.utf8))
        _ = try await LaunchTemplates(
            settings: try PanelSettings.load("\(directory)/panel.yaml"), client: ec2
        ).make(dryRun: false)
    }

    /// A set of nodes in the place of the one before, whose instances go on to exist.
    func launchNodes() async throws {
        let launch = EC2Launch(
            imageID: "ami-12345678", instanceType: "m5.large", count: Self.nodesAtOnce,
            availabilityZone: Self.zone, tags: ["howdah:role": "slave"])
        nodes = try await ec2.runInstances(launch).map { instance in
            launched += 1
            return LoadNode(
                NodeAddress(
                    instanceID: instance.id, address: instance.privateIPv4 ?? "",
                    hostname: "node", availabilityZone: Self.zone),
                number: UInt8(launched % 250 + 1))
        }
    }

    private func start() async throws -> (process: ServerProcess, url: String) {
        let ready = "\(directory)/ready"
        _ = try? await Command.run("rm", ["-f", ready])
        let process = try ServerProcess.start(
            KilledProgram.programs + "/howdah-panel",
            [
                "serve", "--config", "\(directory)/panel.yaml", "--ready-file", ready,
                "--log-level", "warning",
            ],
            environment: [
                "AWS_ENDPOINT_URL_EC2": moto.url, "AWS_ENDPOINT_URL_STS": moto.url,
                "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            ], logPath: "\(directory)/panel.log")
        do {
            try await process.wait(for: "howdah-panel") { readFile(ready) != nil }
        } catch {
            process.stop()
            throw error
        }
        let place = String(decoding: readFile(ready) ?? [], as: UTF8.self).dropLast()
        return (process, "http://\(place)")
    }

    func kill(afterSeconds seconds: Double, mount: String) async throws {
        let (process, url) = try await start()
        await withTaskGroup(of: Void.self) { group in
            for node in nodes {
                group.addTask { [transfer, ledger] in
                    // The panel's death ends it.
                    try? await node.work(url, transfer, mount: mount, ledger: ledger)
                }
            }
            group.addTask { [transfer, ledger] in
                let people = PanelClient(
                    url: url, transport: LibcurlTransport(transfer, retry: .none))
                let launches = try? await people.launch(
                    LaunchOrder(role: "slave", count: 1), in: "demo",
                    operatorToken: Lab.operatorToken)
                for launch in launches ?? [] { await ledger.launch(launch.id) }
            }
            try? await Task.sleep(for: .seconds(seconds))
            process.stop()
            group.cancelAll()
        }
    }

    /// After all kills: one more start ends what was begun, and everything is there once.
    func check(seed: UInt64) async throws {
        let (process, _) = try await start()
        do {
            defer { process.stop() }
            try await process.wait(for: "all claims") { [directory] in
                (try? Self.pendingClaims(directory)) == 0
            }
        }
        let database = try PanelDatabase(path: "\(directory)/panel.db")
        let sound = try await database.read { try String.fetchOne($0, sql: "PRAGMA quick_check") }
        #expect(sound == "ok", "seed \(seed)")
        try await checkReports(database, seed)
        try await checkVolumes(database, seed)
        try await checkInstances(database, seed)
        try database.close()
    }

    private static func pendingClaims(_ directory: String) throws -> Int {
        let queue = try DatabaseQueue(path: "\(directory)/panel.db")
        return try queue.read { database in
            try Int.fetchOne(
                database,
                sql: "SELECT COUNT(*) FROM claims WHERE state NOT IN ('attached', 'failed')") ?? -1
        }
    }

    private func checkReports(_ database: PanelDatabase, _ seed: UInt64) async throws {
        let sequences = await ledger.sequences
        #expect(!sequences.isEmpty, "no heartbeat was acknowledged: seed \(seed)")
        for (node, sequence) in sequences {
            let stored = try await database.read { database in
                try Int.fetchOne(
                    database, sql: "SELECT sequence FROM nodes WHERE instanceID = ?",
                    arguments: [node])
            }
            #expect(stored ?? 0 >= sequence, "\(node): seed \(seed)")
        }
        for (node, samples) in await ledger.samples {
            let stored = try await database.read { database in
                try Int.fetchAll(
                    database,
                    sql: """
                        SELECT at FROM metricRaw JOIN metricHosts ON id = host WHERE name = ?
                        """, arguments: [node])
            }
            let lost = samples.subtracting(stored)
            #expect(lost.isEmpty, "\(node) lost \(lost.count) of \(samples.count): seed \(seed)")
        }
    }

    private func checkVolumes(_ database: PanelDatabase, _ seed: UInt64) async throws {
        let claims = try await database.read { database in
            try ClaimRecord.fetchAll(database, sql: "SELECT * FROM claims")
        }
        #expect(await ledger.claims.isSubset(of: claims.map(\.id)), "seed \(seed)")
        let volumes = try await ec2.describeVolumes(filters: [
            EC2Filter("tag-key", ["howdah:claim"])
        ])
        for claim in claims {
            let own = volumes.filter { $0.tags["howdah:claim"] == claim.id }
            #expect(claim.state == .attached, "\(claim): seed \(seed)")
            #expect(own.map(\.id) == [claim.volumeID ?? ""], "\(claim.id): seed \(seed)")
            #expect(own.first?.attachments.map(\.instanceID) == [claim.instanceID])
        }
        #expect(volumes.count == claims.count, "seed \(seed)")
    }

    /// No launch has two instances, none an instance that the panel forgot; one whose answer was
    /// lost may have none yet.
    private func checkInstances(_ database: PanelDatabase, _ seed: UInt64) async throws {
        let launches = try await database.read { database in
            try LaunchRecord.fetchAll(database, sql: "SELECT * FROM launches")
        }
        #expect(await ledger.launches.isSubset(of: launches.map(\.id)), "seed \(seed)")
        let instances = try await ec2.describeInstances(filters: [
            EC2Filter("tag-key", [LaunchSteps.tag])
        ])
        let tags = instances.compactMap { $0.tags[LaunchSteps.tag] }
        #expect(Set(tags).count == tags.count, "two instances of one launch: seed \(seed)")
        for launch in launches where launch.state != .requested {
            let own = instances.filter { $0.tags[LaunchSteps.tag] == launch.id }
            #expect(own.map(\.id) == [launch.instanceID ?? ""], "\(launch): seed \(seed)")
        }
        #expect(Set(tags).isSubset(of: launches.map(\.id)), "seed \(seed)")
        print("\(launches.count) launches, \(instances.count) instances of them")
    }
}
