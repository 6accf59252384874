public import PanelAPI

/// Where a node gets its volumes: the panel, or EC2 by the instance's own role.
public protocol VolumeClaims: Sendable {
    func claim(_ request: VolumeClaimRequest) async throws -> VolumeClaim
    func claimStatus(_ id: String, waitSeconds: Int) async throws -> VolumeClaim
    func beginFormat(claim id: String, _ intent: FormatIntent) async throws -> VolumeClaim
    func setAside(claim id: String, _ request: SetAsideRequest) async throws -> VolumeClaim
    func reportFilesystem(claim id: String, _ report: FilesystemReport) async throws -> VolumeClaim
}
