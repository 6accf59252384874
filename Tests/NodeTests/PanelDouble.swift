import AWS
import PanelAPI
import PanelClient
import Testing

@testable import Node

/// A panel that answers only what it was told to; any other call fails the test.
actor PanelDouble: PanelConnection {
    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    /// What a whole boot is told; nil for what must not be asked.
    struct Answers {
        /// One after the other, the last one for ever.
        var enrolments: [Result<Enrolment, PanelError>] = []
        var master: MasterRecord?
        var members: [Member]?
        var takesReports = false
        /// The claim of each mount, whenever it is asked for; nil where `claims` come in a row.
        var mounts: [String: VolumeClaim]?
        var balance: BalanceTask?
        /// What answers a heartbeat, if not the double at once.
        var beat: (@Sendable () async throws -> Void)?
    }

    private(set) var reported: [FilesystemReport] = []
    private(set) var intents: [FormatIntent] = []
    private(set) var setAside: [SetAsideRequest] = []
    private(set) var boots: [BootReport] = []
    private(set) var balanceReports: [(id: String, report: BalanceReport)] = []
    private(set) var enrolmentsAsked = 0
    /// The heartbeats that were answered.
    private(set) var beats: [Heartbeat] = []
    private var answers: Answers
    private let claims: [VolumeClaim]
    private var asked = 0
    private let takesFilesystem: Bool

    /// Gives these claims one after the other, the last one for ever.
    init(
        claims: [VolumeClaim] = [], takesFilesystem: Bool = true, answers: Answers = Answers()
    ) {
        self.answers = answers
        self.claims = claims
        self.takesFilesystem = takesFilesystem
    }

    /// Another instance has become the master.
    func elect(_ master: MasterRecord) { answers.master = master }

    /// Others are members now.
    func enrol(_ members: [Member]) { answers.members = members }

    private func refuse(_ call: String) -> Unexpected {
        Issue.record("the panel was not told what to say to '\(call)'")
        return Unexpected(description: call)
    }

    private func nextClaim() throws -> VolumeClaim {
        guard !claims.isEmpty else { throw refuse("claim") }
        defer { asked += 1 }
        return claims[min(asked, claims.count - 1)]
    }

    func claim(_ request: VolumeClaimRequest) async throws -> VolumeClaim {
        guard let mounts = answers.mounts else { return try nextClaim() }
        guard let claim = mounts[request.mount] else { throw refuse("claim \(request.mount)") }
        return claim
    }

    func claimStatus(_ id: String, waitSeconds: Int) async throws -> VolumeClaim {
        try nextClaim()
    }

    func reportFilesystem(
        claim id: String, _ report: FilesystemReport
    ) async throws -> VolumeClaim {
        // Stands for a power cut right before the report arrives.
        guard takesFilesystem else { throw Unexpected(description: "power cut") }
        reported.append(report)
        return try answers.mounts?.values.first { $0.id == id } ?? nextClaim()
    }

    func beginFormat(claim id: String, _ intent: FormatIntent) async throws -> VolumeClaim {
        intents.append(intent)
        if let claim = answers.mounts?.values.first(where: { $0.id == id }) { return claim }
        return claims[min(max(0, asked - 1), claims.count - 1)]
    }

    func setAside(claim id: String, _ request: SetAsideRequest) async throws -> VolumeClaim {
        setAside.append(request)
        return try nextClaim()
    }

    func currentEnrolment() async throws -> Enrolment {
        guard !answers.enrolments.isEmpty else { throw refuse("currentEnrolment") }
        defer { enrolmentsAsked += 1 }
        return try answers.enrolments[min(enrolmentsAsked, answers.enrolments.count - 1)].get()
    }

    func master(waitSeconds: Int) async throws -> MasterRecord? {
        guard let master = answers.master else { throw refuse("master") }
        return master
    }

    func members() async throws -> [Member] {
        guard let members = answers.members else { throw refuse("members") }
        return members
    }

    func roll(unlike revision: String?, waitSeconds: Int) async throws -> MemberRoll? {
        guard let members = answers.members else { throw refuse("roll") }
        let now = "\(members)"
        return now == revision ? nil : MemberRoll(revision: now, members: members)
    }

    func report(_ boot: BootReport) async throws {
        guard answers.takesReports else { throw refuse("report") }
        boots.append(boot)
    }

    func heartbeat(_ beat: Heartbeat) async throws -> HeartbeatAnswer {
        guard answers.takesReports else { throw refuse("heartbeat") }
        try await answers.beat?()
        beats.append(beat)
        return HeartbeatAnswer(intervalSeconds: 60, master: answers.master)
    }

    func balance(unlike revision: String?, waitSeconds: Int) async throws -> BalanceTask? {
        guard let balance = answers.balance else { throw refuse("balance") }
        return balance.revision == revision ? nil : balance
    }

    func report(_ report: BalanceReport, ofBalance id: String) async throws {
        guard answers.balance != nil else { throw refuse("report of \(id)") }
        balanceReports.append((id, report))
    }

    /// Something else is to be balanced now.
    func balance(_ run: BalanceTask.Run?) {
        answers.balance = BalanceTask(revision: "\(run.debugDescription)", run: run)
    }

    func putMaster() async throws -> MasterRecord { throw refuse("putMaster") }
    func leave(_ name: String) async throws -> Leave { throw refuse("leave") }
    func leaveDone(_ name: String) async throws -> Leave { throw refuse("leaveDone") }
}

/// For who has no EC2 to ask.
@Sendable func noEC2(_ plan: BootPlan) throws -> EC2Client {
    throw PanelDouble.Unexpected(description: "no EC2 was given")
}
