public import PanelAPI
internal import PanelClient

/// What a node asks of its panel. The identity is proven behind it.
public protocol PanelConnection: Sendable {
    func currentEnrolment() async throws -> Enrolment
    func putMaster() async throws -> MasterRecord
    func master(waitSeconds: Int) async throws -> MasterRecord?
    func members() async throws -> [Member]
    func claim(_ request: VolumeClaimRequest) async throws -> VolumeClaim
    func claimStatus(_ id: String, waitSeconds: Int) async throws -> VolumeClaim
    func beginFormat(claim id: String, _ intent: FormatIntent) async throws -> VolumeClaim
    func setAside(claim id: String, _ request: SetAsideRequest) async throws -> VolumeClaim
    func reportFilesystem(claim id: String, _ report: FilesystemReport) async throws -> VolumeClaim
    func leave(_ name: String) async throws -> Leave
    func leaveDone(_ name: String) async throws -> Leave
    func report(_ boot: BootReport) async throws
    func heartbeat(_ beat: Heartbeat) async throws -> HeartbeatAnswer
}

extension PanelClient: PanelConnection {}
