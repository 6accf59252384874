internal import Digests
internal import Foundation
internal import GRDB
internal import PanelAPI

/// Lets instances in that prove who they are.
///
/// Who: STS, asked by the panel itself with what the node signed. Role: the IAM role that it names.
/// Which instance: the session's name, which EC2 sets to the instance id. That it runs, where,
/// and under which host name: EC2. Nothing is taken from the node's word that one of these does
/// not confirm.
struct Enroller: Sendable {
    static let tokenLifeSeconds = 3600
    static let tokenBytes = 32
    static let maximumConcurrent = 64
    static let roleTag = "howdah:role"
    static let clusterTag = "howdah:cluster"

    let settings: PanelSettings
    let serverID: String
    let time: PanelTime
    let nonces: NonceBook
    let identities: any IdentityService
    let cloud: any Cloud
    let nodes: NodeRepository
    let tokens: TokenRepository
    let gate = Gate(maximum: maximumConcurrent, name: "enrolments")

    func challenge() async throws -> EnrolmentChallenge {
        EnrolmentChallenge(
            serverID: serverID, nonce: try await nonces.issue(),
            expiresInSeconds: Int(NonceBook.lifeSeconds))
    }

    func enrol(_ request: EnrolmentRequest) async throws -> Enrolment {
        do {
            try EnrolmentShape.check(request)
            guard await nonces.spend(request.nonce) else {
                throw Refusal.identity(
                    "the nonce is not one of this panel's, was used or is too old; "
                        + "ask for a new challenge")
            }
            try await gate.enter()
            let arrival: NodeRepository.Arrival
            do {
                arrival = try await prove(request)
                await gate.exit()
            } catch {
                await gate.exit()
                throw error
            }
            return try await admit(arrival)
        } catch let refusal as Refusal {
            try await note(refusal, of: request)
            throw refusal
        }
    }

    /// All that STS and EC2 say of who sent the request.
    private func prove(_ request: EnrolmentRequest) async throws -> NodeRepository.Arrival {
        let arn = try await callerARN(of: request)
        guard arn.account == settings.account else {
            throw Refusal.identity(
                "the instance belongs to account '\(arn.account)', "
                    + "this panel serves '\(settings.account)'")
        }
        guard let role = settings.roles[arn.role] else {
            throw Refusal.identity(
                "IAM role '\(arn.role)' is not one of this panel's; "
                    + "enter it under 'roles' in panel.yaml if it should be")
        }
        guard arn.session == request.node.instanceID else {
            throw Refusal.identity(
                "the credentials are those of '\(arn.session)', "
                    + "not of '\(request.node.instanceID)'")
        }
        let instance = try await runningInstance(request.node)
        try checkTags(of: instance, against: role)
        return NodeRepository.Arrival(
            node: request.node, hostname: instance.privateName, zone: instance.zone,
            role: role, preferredName: instance.tags["Name"],
            cloudState: instance.state, bootID: request.bootID)
    }

    private func callerARN(of request: EnrolmentRequest) async throws -> RoleARN {
        let text: String
        do {
            text = try await identities.callerARN(
                of: ProofParts(
                    serverID: serverID, nonce: request.nonce, date: request.date,
                    region: request.region, accessKeyID: request.accessKeyID,
                    sessionToken: request.sessionToken, signature: request.signature))
        } catch .refused(let code) {
            throw Refusal.identity("STS did not accept the signed identity: \(code)")
        } catch .unavailable(let cause) {
            throw Refusal.cloud(CloudError(isTransient: true, cause))
        }
        guard let arn = RoleARN(text) else {
            throw Refusal.identity("'\(text.prefix(200))' is no session of an IAM role")
        }
        return arn
    }

    private func runningInstance(_ node: NodeAddress) async throws -> CloudInstance {
        let found: [CloudInstance]
        do { found = try await cloud.instances([node.instanceID]) } catch {
            throw Refusal.cloud(error)
        }
        guard let instance = found.first(where: { $0.id == node.instanceID }) else {
            throw Refusal.identity("EC2 does not know '\(node.instanceID)'")
        }
        guard CloudState.isAlive(instance.state) else {
            throw Refusal.identity("EC2 says that '\(instance.id)' is '\(instance.state)'")
        }
        guard instance.privateIP == node.address else {
            throw Refusal.identity(
                "the node says that its address is '\(node.address)', "
                    + "EC2 that it is '\(instance.privateIP ?? "none")'")
        }
        return instance
    }

    private func checkTags(of instance: CloudInstance, against role: String) throws {
        if let tag = instance.tags[Self.roleTag], tag != role {
            throw Refusal.role(
                "the tag '\(Self.roleTag)' of '\(instance.id)' says '\(tag)', "
                    + "its IAM role says '\(role)'")
        }
        if let tag = instance.tags[Self.clusterTag], tag != settings.cluster {
            throw Refusal.identity(
                "the tag '\(Self.clusterTag)' of '\(instance.id)' says '\(tag)', "
                    + "this panel serves '\(settings.cluster)'")
        }
    }

    private func admit(_ arrival: NodeRepository.Arrival) async throws -> Enrolment {
        let token = Data(time.random(Self.tokenBytes)).base64EncodedString()
        let now = time.now()
        let record = try await nodes.database.write { [nodes, tokens] database in
            let record = try nodes.enter(arrival, now: now, in: database)
            try tokens.insert(
                token, for: record.instanceID, expiresAt: now + Double(Self.tokenLifeSeconds),
                now: now, in: database)
            try AuditLog.add(
                .init(
                    actor: record.instanceID, action: "enrolled", subject: record.name,
                    detail: "role \(record.role) at \(record.address)"), at: now, in: database)
            return record
        }
        return Enrolment(
            token: token, expiresInSeconds: Self.tokenLifeSeconds, cluster: settings.cluster,
            role: record.role, name: record.name)
    }

    private func note(_ refusal: Refusal, of request: EnrolmentRequest) async throws {
        let now = time.now()
        try await nodes.database.write { database in
            try AuditLog.addRefusal(
                .init(
                    actor: request.node.instanceID, action: "enrolment-refused",
                    subject: request.node.address, detail: refusal.description),
                at: now, in: database)
        }
    }
}
