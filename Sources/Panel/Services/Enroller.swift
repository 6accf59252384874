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
    /// They are answered within a client's patience, a few seconds.
    static let maximumWaiting = 2_000
    static let roleTag = "howdah:role"
    static let clusterTag = "howdah:cluster"

    let settings: PanelSettings
    let serverID: String
    let time: PanelTime
    let nonces: NonceBook
    let identities: any IdentityService
    let questions: InstanceQuestions
    let nodes: NodeRepository
    let tokens: TokenRepository
    let passes: EnrolmentTokenRepository
    let rolls: MemberRolls
    let loads: LoadWindow
    let gate = Gate(
        maximum: maximumConcurrent, waiting: maximumWaiting, name: "enrolments")

    func challenge() async throws -> EnrolmentChallenge {
        EnrolmentChallenge(
            serverID: serverID, nonce: try await nonces.issue(),
            expiresInSeconds: Int(NonceBook.lifeSeconds))
    }

    func enrol(_ request: EnrolmentRequest) async throws -> Enrolment {
        do {
            try EnrolmentShape.check(request)
            guard await nonces.spend(request.nonce) else { throw Self.unknownNonce }
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
            try await note(refusal, of: request.node)
            throw refusal
        }
    }

    static let unknownNonce = Refusal.identity(
        "the nonce is not one of this panel's, was used or is too old; ask for a new challenge")

    /// All that STS and EC2 say of who sent the request.
    private func prove(_ request: EnrolmentRequest) async throws -> NodeRepository.Arrival {
        let arn = try await callerARN(of: request)
        guard arn.account == settings.account else {
            throw Refusal.identity(
                "the instance belongs to account '\(arn.account)', "
                    + "this panel serves '\(settings.account)'")
        }
        let places = settings.places(ofIAMRole: arn.role)
        guard !places.isEmpty else {
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
        let place = try place(of: instance, among: places, source: "IAM role")
        return arrival(request.node, instance, place, bootID: request.bootID)
    }

    func arrival(
        _ node: NodeAddress, _ instance: CloudInstance, _ place: ClusterPlace, bootID: String?
    ) -> NodeRepository.Arrival {
        NodeRepository.Arrival(
            cluster: place.cluster, node: node, hostname: instance.privateName, zone: instance.zone,
            zoneID: instance.zoneID, role: place.role, preferredName: instance.tags["Name"],
            cloudState: instance.state, bootID: bootID)
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

    func runningInstance(_ node: NodeAddress) async throws -> CloudInstance {
        let found: CloudInstance?
        do { found = try await questions.instance(node.instanceID) } catch {
            throw Refusal.cloud(error)
        }
        guard let instance = found else {
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

    /// Which of `places`, that `source` allows, is the instance's: the only one, or the one that
    /// its tag names.
    func place(
        of instance: CloudInstance, among places: [ClusterPlace], source: String
    ) throws -> ClusterPlace {
        let clusters = places.map { "'\($0.cluster)'" }.joined(separator: ", ")
        let tag = instance.tags[Self.clusterTag]
        guard let place = tag.map({ tag in places.first { $0.cluster == tag } }) ?? places.first
        else {
            throw Refusal.identity(
                "the tag '\(Self.clusterTag)' of '\(instance.id)' says '\(tag ?? "")', "
                    + "its \(source) is one of \(clusters)")
        }
        guard tag != nil || places.count == 1 else {
            throw Refusal.identity(
                "the \(source) of '\(instance.id)' is one of \(clusters); say which by its tag "
                    + "'\(Self.clusterTag)'")
        }
        if let tag = instance.tags[Self.roleTag], tag != place.role {
            throw Refusal.role(
                "the tag '\(Self.roleTag)' of '\(instance.id)' says '\(tag)', "
                    + "its \(source) says '\(place.role)'")
        }
        return place
    }

    /// Enters the node and gives it a token of its own; `also` is done with it or nothing is.
    func admit(
        _ arrival: NodeRepository.Arrival,
        _ also: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) async throws -> Enrolment {
        let token = Data(time.random(Self.tokenBytes)).base64EncodedString()
        let now = time.now()
        let record = try await nodes.database.write { [nodes, tokens] database in
            let record = try nodes.enter(arrival, now: now, in: database)
            try also(database)
            try tokens.insert(
                token, for: record.instanceID, expiresAt: now + Double(Self.tokenLifeSeconds),
                now: now, in: database)
            try AuditLog.add(
                .init(
                    actor: record.instanceID, action: "enrolled", subject: record.name,
                    detail: "role \(record.role) at \(record.address)"), at: now, in: database)
            return record
        }
        // Before it can tell anything: it has no token yet.
        if record.heartbeatAt == nil { loads.enter(record.instanceID, of: record.cluster) }
        await rolls.changed(record.cluster)
        return Enrolment(
            token: token, expiresInSeconds: Self.tokenLifeSeconds, cluster: record.cluster,
            role: record.role, name: record.name)
    }

    func note(_ refusal: Refusal, of node: NodeAddress) async throws {
        // Not refused, only told to come again; a herd would fill the log with it.
        guard !refusal.isForNow else { return }
        let now = time.now()
        try await nodes.database.write { database in
            try AuditLog.addRefusal(
                .init(
                    actor: node.instanceID, action: "enrolment-refused",
                    subject: node.address, detail: refusal.description),
                at: now, in: database)
        }
    }
}
