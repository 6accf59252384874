internal import Digests
internal import Host
internal import PanelAPI

/// Answers the panel's challenge with the node's own key.
struct KeyProof: Sendable {
    let key: NodeKey
    /// Of user-data; nil where it has none, which it needs until the panel knows the key.
    let token: String?
    let node: NodeAddress
    let bootID: String

    func answer(_ challenge: EnrolmentChallenge) throws -> KeyEnrolmentRequest {
        let key = try key.load()
        var request = KeyEnrolmentRequest(
            publicKey: Hex.encode(key.publicKey), nonce: challenge.nonce, token: token,
            node: node, bootID: bootID)
        guard
            let signature = key.signature(
                of: request.statement(serverID: challenge.serverID))
        else { throw NodeKeyError(path: self.key.path) }
        request.signature = Hex.encode(signature)
        return request
    }
}
