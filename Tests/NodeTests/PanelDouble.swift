import PanelAPI
import Testing

@testable import Node

/// A panel that answers only what it was told to; any other call fails the test.
actor PanelDouble: PanelConnection {
    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var reported: [FilesystemReport] = []
    private let claims: [VolumeClaim]
    private var asked = 0
    private let takesFilesystem: Bool

    /// Gives these claims one after the other, the last one for ever.
    init(claims: [VolumeClaim] = [], takesFilesystem: Bool = true) {
        self.claims = claims
        self.takesFilesystem = takesFilesystem
    }

    private func refuse(_ call: String) -> Unexpected {
        Issue.record("the panel was not told what to say to '\(call)'")
        return Unexpected(description: call)
    }

    private func nextClaim() throws -> VolumeClaim {
        guard !claims.isEmpty else { throw refuse("claim") }
        defer { asked += 1 }
        return claims[min(asked, claims.count - 1)]
    }

    func claim(_ request: VolumeClaimRequest) async throws -> VolumeClaim { try nextClaim() }

    func claimStatus(_ id: String, waitSeconds: Int) async throws -> VolumeClaim {
        try nextClaim()
    }

    func reportFilesystem(
        claim id: String, _ report: FilesystemReport
    ) async throws -> VolumeClaim {
        // Stands for a power cut right before the report arrives.
        guard takesFilesystem else { throw Unexpected(description: "power cut") }
        reported.append(report)
        return try nextClaim()
    }

    func currentEnrolment() async throws -> Enrolment { throw refuse("currentEnrolment") }
    func putMaster() async throws -> MasterRecord { throw refuse("putMaster") }
    func master(waitSeconds: Int) async throws -> MasterRecord? { throw refuse("master") }
    func members() async throws -> [Member] { throw refuse("members") }
    func leave(_ name: String) async throws -> Leave { throw refuse("leave") }
    func leaveDone(_ name: String) async throws -> Leave { throw refuse("leaveDone") }
    func report(_ boot: BootReport) async throws { throw refuse("report") }

    func heartbeat(_ beat: Heartbeat) async throws -> HeartbeatAnswer {
        throw refuse("heartbeat")
    }
}
