internal import GRDB
internal import PanelAPI

/// Heartbeats of images from before there was a node program: a `wget` each minute that tells the
/// node's address and whether it is master, as the thesis's images do (its 3.2.1).
///
/// It proves nothing, so that little is taken from it: the connection has the address that it
/// tells, the panel launched an instance that EC2 has running there, and the role is that launch's.
struct OldHeartbeats: Sendable {
    /// Stands where others have their boot's id: such a node names none.
    static let bootID = "wget"
    static let action = "old-heartbeat-refused"

    let settings: PanelSettings
    let nodes: NodeRepository
    let launches: LaunchRepository
    let election: MasterElection
    let rolls: MemberRolls
    let cloud: any Cloud
    let time: PanelTime

    /// The master's record as it is now; nil while there is none.
    func hear(
        address: String, isMaster: Bool, from caller: String
    ) async throws -> MasterRecord? {
        do {
            guard address == caller else {
                throw Refusal.identity("'\(caller)' cannot speak for '\(address)'")
            }
            let known = try await known(address)
            let node = if let known { known } else { try await entered(address) }
            guard isMaster == (node.role == MasterElection.role) else {
                throw Refusal.role(
                    "'\(node.name)' was launched as '\(node.role)' and says that it is "
                        + (isMaster ? "master" : "not master"))
            }
            if isMaster { _ = try await election.put(node) }
            try await nodes.heard(node.instanceID, now: time.now())
            return try await election.masters.current(of: node.cluster)
        } catch let refusal as Refusal {
            try await note(refusal, of: caller)
            throw refusal
        }
    }

    /// One that was let in by this way before; who has a token of its own has to use that.
    private func known(_ address: String) async throws -> NodeRecord? {
        let found = try await nodes.node(at: address)
        if let found, found.bootID != Self.bootID {
            throw Refusal.identity("'\(found.name)' enrolled; its heartbeats need its token")
        }
        return found.flatMap { settings.takesOldHeartbeats($0.cluster) ? $0 : nil }
    }

    private func entered(_ address: String) async throws -> NodeRecord {
        let awaited = try await launches.open().filter {
            $0.state == .launched && settings.takesOldHeartbeats($0.cluster)
        }
        let found: [CloudInstance]
        do { found = try await cloud.instances(awaited.compactMap(\.instanceID)) } catch {
            throw Refusal.cloud(error)
        }
        guard
            let instance = found.first(where: {
                $0.privateIP == address && CloudState.isAlive($0.state)
            }), let launch = awaited.first(where: { $0.instanceID == instance.id })
        else {
            throw Refusal.identity(
                "the panel waits for no instance at '\(address)' that it launched in a cluster "
                    + "with 'wget-heartbeats'")
        }
        let arrival = NodeRepository.Arrival(
            cluster: launch.cluster,
            node: NodeAddress(
                instanceID: instance.id, address: address,
                hostname: instance.privateName ?? address, availabilityZone: instance.zone),
            hostname: instance.privateName, zone: instance.zone, zoneID: instance.zoneID,
            role: launch.role, preferredName: instance.tags["Name"], cloudState: instance.state,
            bootID: Self.bootID)
        return try await enter(arrival)
    }

    private func enter(_ arrival: NodeRepository.Arrival) async throws -> NodeRecord {
        let now = time.now()
        let record = try await nodes.database.write { [nodes] database in
            let record = try nodes.enter(arrival, now: now, in: database)
            try AuditLog.add(
                .init(
                    actor: record.instanceID, action: "enrolled", subject: record.name,
                    detail: "role \(record.role) at \(record.address), by an old heartbeat"),
                at: now, in: database)
            return record
        }
        await rolls.changed(record.cluster)
        return record
    }

    private func note(_ refusal: Refusal, of caller: String) async throws {
        guard !refusal.isForNow else { return }
        let now = time.now()
        try await nodes.database.write { database in
            try AuditLog.addRefusal(
                .init(
                    actor: caller, action: Self.action, subject: caller,
                    detail: refusal.description),
                at: now, in: database)
        }
    }
}

extension PanelSettings {
    var takesOldHeartbeats: Bool { clusters.contains(where: \.takesOldHeartbeats) }

    func takesOldHeartbeats(_ cluster: String) -> Bool {
        clusters.contains { $0.name == cluster && $0.takesOldHeartbeats }
    }
}
