import AWS
import FoundationEssentials
import GRDB
import PanelAPI
import PanelClient
import Support
import Testing
import Transfer

@testable import Panel

/// `howdah-panel` is killed at random moments while nodes send and claim. moto is EC2, which makes
/// a volume or an instance for each call whatever its ClientToken is.
@Suite(.enabled(if: MotoServer.missing == nil, "moto comes with scripts/setup"))
struct KilledPanelTests {
    /// CI's number; `scripts/check --crash` sets more.
    static let fewest = 15
    /// Rounds of one set of nodes.
    static let roundsPerSet = 8
    static let longestSeconds = 1.5

    @Test func `kill -9 at any moment loses nothing acknowledged and makes nothing twice`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let kills = environment["HOWDAH_PANEL_KILLS"].flatMap { Int($0) } ?? Self.fewest
        let seed =
            environment["HOWDAH_PANEL_KILL_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0..<1_000_000)
        print("kill -9 of the panel: \(kills) times, HOWDAH_PANEL_KILL_SEED=\(seed)")
        var random = SeededGenerator(seed: seed)
        var moments = (0..<kills).map { _ in Double.random(in: 0...1, using: &random) }
        // The first rounds of a set enrol and claim, which takes longest.
        for index in moments.indices { moments[index] *= Self.longestSeconds }
        let plan = moments
        try await MotoServer.with { moto in
            try await withTemporaryDirectory { directory in
                let load = try await PanelUnderLoad(directory: directory, moto: moto)
                for (round, moment) in plan.enumerated() {
                    if round % Self.roundsPerSet == 0 { try await load.launchNodes() }
                    try await load.kill(
                        afterSeconds: moment, mount: "/data\(round % Self.roundsPerSet)")
                }
                try await load.check(seed: seed)
            }
        }
    }
}

/// What nodes were told is done.
actor Acknowledged {
    private(set) var sequences: [String: Int] = [:]
    private(set) var samples: [String: Set<Int>] = [:]
    private(set) var claims: Set<String> = []
    private(set) var launches: Set<String> = []

    func beat(_ node: String, _ sequence: Int, milliseconds: Int) {
        sequences[node] = max(sequences[node] ?? 0, sequence)
        samples[node, default: []].insert(milliseconds)
    }

    func claim(_ id: String) { claims.insert(id) }

    func launch(_ id: String) { launches.insert(id) }
}

/// A node: its key, its one-time token, and how far it has counted.
actor LoadNode {
    let address: NodeAddress
    private let key: SigningKeyPair
    private var token: String?
    private var sequence = 0

    init(_ address: NodeAddress, number: UInt8) {
        self.address = address
        key = SigningKeyPair(number)
    }

    /// Sends heartbeats, and claims a mount, until it is cancelled or the panel is gone.
    func work(
        _ url: String, _ transfer: TransferClient, mount: String, ledger: Acknowledged
    ) async throws {
        let transport = LibcurlTransport(transfer, retry: .none)
        let operators = PanelClient(url: url, transport: transport)
        if token == nil {
            token = try await operators.makeEnrolmentToken(
                EnrolmentTokenOrder(
                    role: "slave", instanceID: address.instanceID, address: nil,
                    lifeSeconds: 86_400), operatorToken: Lab.operatorToken
            ).token
        }
        let client = PanelClient(url: url, transport: transport, proof: key.prover(address, token))
        var claimed = false
        while !Task.isCancelled {
            sequence += 1
            let milliseconds = 1000 * (Int(Date().timeIntervalSince1970) - 40_000 + sequence)
            var beat = Heartbeat(
                bootID: "boot-1", sequence: sequence, uptimeSeconds: 1, load1: 0,
                loadIsHostWide: false)
            beat.samples = [
                MetricSample(
                    at: Double(milliseconds) / 1000, seconds: 30,
                    values: ["ldavg-1": Double(sequence), "user": 1])
            ]
            _ = try await client.heartbeat(beat)
            await ledger.beat(address.instanceID, sequence, milliseconds: milliseconds)
            guard !claimed else { continue }
            let claim = try await client.claim(
                VolumeClaimRequest(mount: mount, sizeGiB: 1, type: "gp3"))
            await ledger.claim(claim.id)
            claimed = true
        }
    }
}
