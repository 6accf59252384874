internal import PanelAPI

/// One master at a time: another one takes over only when EC2 says that the old one does not run.
struct MasterElection: Sendable {
    static let role = "master"

    static func topic(_ cluster: String) -> String { "master/\(cluster)" }

    let settings: PanelSettings
    let masters: MasterRepository
    let nodes: NodeRepository
    let cloud: any Cloud
    let waiters: Waiters
    let time: PanelTime

    func put(_ node: NodeRecord) async throws -> MasterRecord {
        guard node.role == Self.role else {
            throw Refusal.role("'\(node.name)' has the role '\(node.role)', not 'master'")
        }
        let old = try await masters.record(of: node.cluster)
        if let old, old.instanceID != node.instanceID {
            try await checkGone(old, newcomer: node)
        }
        let appointed = try await masters.appoint(
            node, after: old?.instanceID, now: time.now())
        guard let appointed else {
            throw Refusal.conflict(
                "two-masters", "another instance became master at the same moment")
        }
        await waiters.changed(Self.topic(node.cluster))
        return appointed
    }

    private func checkGone(
        _ old: MasterRepository.Record, newcomer: NodeRecord
    ) async throws {
        let found: String?
        do {
            found = try await cloud.instances([old.instanceID])
                .first { $0.id == old.instanceID }?.state
        } catch { throw Refusal.cloud(error) }
        guard let state = found else {
            if try await nodes.node(old.instanceID)?.retiredAt != nil { return }
            throw Refusal.cloud(
                CloudError(
                    isTransient: true,
                    "EC2's answer leaves out the master '\(old.instanceID)', which may still run"))
        }
        guard CloudState.isGone(state) else {
            let lease = try await lease(of: old)
            throw Refusal.conflict(
                "two-masters",
                "'\(old.instanceID)' at '\(old.address)' is master and EC2 says that it is "
                    + "'\(state)'\(lease); stop or terminate it before '\(newcomer.instanceID)' "
                    + "takes over")
        }
    }

    /// What is left of the old one's lease, in words.
    private func lease(of old: MasterRepository.Record) async throws -> String {
        let seconds = try settings.cluster(old.cluster).downAfterSeconds
        let standing = try await masters.standing(of: old.cluster, leaseOf: seconds)
        guard let standing else { return "" }
        let left = standing.leaseEndsAt - time.now()
        return left > 0
            ? ", and its lease holds for \(Spans.words(left)) more"
            : ", though its lease ended \(Spans.words(-left)) ago"
    }
}
