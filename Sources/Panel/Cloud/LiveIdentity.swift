public import AWS

/// STS itself, or a service that speaks its query API.
public struct LiveIdentity: IdentityService {
    private let verifier: IdentityProofVerifier

    public init(_ verifier: IdentityProofVerifier) { self.verifier = verifier }

    public func callerARN(of proof: ProofParts) async throws(IdentityError) -> String {
        let parts = IdentityProofParts(
            date: proof.date, region: proof.region, accessKeyID: proof.accessKeyID,
            sessionToken: proof.sessionToken, signature: proof.signature, nonce: proof.nonce)
        do {
            return try await verifier.verify(parts, serverID: proof.serverID).arn
        } catch let error as IdentityProofError {
            throw .refused(code: "\(error)")
        } catch let error as ServiceError where (400..<500).contains(error.status) {
            throw .refused(code: error.code.isEmpty ? "status \(error.status)" : error.code)
        } catch {
            throw .unavailable(cause: "\(error)")
        }
    }
}
