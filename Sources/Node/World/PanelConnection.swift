public import PanelAPI
internal import PanelClient

/// What a node asks of its panel. The identity is proven behind it.
public protocol PanelConnection: VolumeClaims {
    func currentEnrolment() async throws -> Enrolment
    func putMaster() async throws -> MasterRecord
    func master(waitSeconds: Int) async throws -> MasterRecord?
    func members() async throws -> [Member]
    func roll(unlike revision: String?, waitSeconds: Int) async throws -> MemberRoll?
    func leave(_ name: String) async throws -> Leave
    func leaveDone(_ name: String) async throws -> Leave
    func balance(unlike revision: String?, waitSeconds: Int) async throws -> BalanceTask?
    func report(_ report: BalanceReport, ofBalance id: String) async throws
    func report(_ boot: BootReport) async throws
    func heartbeat(_ beat: Heartbeat) async throws -> HeartbeatAnswer
}

extension PanelClient: PanelConnection {}
