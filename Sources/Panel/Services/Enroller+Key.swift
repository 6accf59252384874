internal import Digests
internal import Foundation
internal import PanelAPI

/// Enrolment where there is no STS: by a key that the node made, which a one-time token brought in.
///
/// Who: whoever has the key. Role: the record of the token. Which instance, that it runs and where:
/// as ever EC2, or the cloud that speaks its API.
extension Enroller {
    func enrol(_ request: KeyEnrolmentRequest) async throws -> Enrolment {
        do {
            try EnrolmentShape.check(request)
            guard await nonces.spend(request.nonce) else { throw Self.unknownNonce }
            guard isSigned(request) else {
                throw Refusal.identity("the signature is not that of the key it came with")
            }
            try await gate.enter()
            do {
                let enrolment = try await prove(request)
                await gate.exit()
                return enrolment
            } catch {
                await gate.exit()
                throw error
            }
        } catch let refusal as Refusal {
            try await note(refusal, of: request.node)
            throw refusal
        }
    }

    private func isSigned(_ request: KeyEnrolmentRequest) -> Bool {
        guard let key = Hex.decode(request.publicKey), let signature = Hex.decode(request.signature)
        else { return false }
        return SigningKey.isSigned(
            request.statement(serverID: serverID), with: signature, by: key)
    }

    private func prove(_ request: KeyEnrolmentRequest) async throws -> Enrolment {
        let publicKey = Data(Hex.decode(request.publicKey) ?? [])
        let known = try await passes.key(of: request.node.instanceID)
        // One that comes again, be it after a reboot or because our answer was lost, is known by
        // its key: the token is not asked for.
        if let known, known.publicKey == publicKey {
            guard let node = try await nodes.node(known.instanceID) else {
                throw Refusal.token("the panel has no record of this node; \(Self.remedy)")
            }
            return try await admit(
                try await arrival(
                    request, ClusterPlace(cluster: node.cluster, role: known.role)))
        }
        guard let token = request.token else {
            throw Refusal.token(
                known == nil
                    ? "the panel does not know this node's key, and its user-data has no token; "
                        + Self.remedy
                    : "another key is known of '\(request.node.instanceID)' than this one; "
                        + "was its disk replaced? \(Self.remedy)")
        }
        let record = try await passes.record(token)
        let good = try check(record, of: request)
        let key = EnrolmentTokenRepository.Key(
            instanceID: request.node.instanceID, publicKey: publicKey, role: good.role,
            tokenID: good.id, boundAt: time.now())
        let arrival = try await arrival(
            request, ClusterPlace(cluster: good.cluster, role: good.role))
        return try await admit(arrival) { [passes, time] database in
            try passes.use(good, by: key, now: time.now(), in: database)
        }
    }

    private static let remedy =
        "make a token with 'howdah cluster token create' and put it into the user-data"

    private func check(
        _ record: EnrolmentTokenRepository.Record?, of request: KeyEnrolmentRequest
    ) throws -> EnrolmentTokenRepository.Record {
        guard let record, settings.clusters.contains(where: { $0.name == record.cluster }) else {
            throw Refusal.token("the one-time token is not one of this panel's; \(Self.remedy)")
        }
        let name = "the one-time token '\(record.id)'"
        if let user = record.usedBy {
            throw Refusal.token("\(name) was used by '\(user)' already; \(Self.remedy)")
        }
        guard time.now() < record.expiresAt else {
            throw Refusal.token("\(name) has expired; \(Self.remedy)")
        }
        if let instance = record.instanceID, instance != request.node.instanceID {
            throw Refusal.token("\(name) is for '\(instance)', not for this instance")
        }
        if let address = record.address, address != request.node.address {
            throw Refusal.token("\(name) is for the address '\(address)', not for this one")
        }
        return record
    }

    private func arrival(
        _ request: KeyEnrolmentRequest, _ place: ClusterPlace
    ) async throws -> NodeRepository.Arrival {
        let instance = try await runningInstance(request.node)
        let place = try self.place(of: instance, among: [place], source: "one-time token")
        return arrival(request.node, instance, place, bootID: request.bootID)
    }
}
