internal import CCrypto

/// A private key of Ed25519 (RFC 8032).
public struct SigningKey: Sendable {
    /// Of a private key and of a public one.
    public static let keyBytes = 32
    public static let signatureBytes = 64

    private let seed: [UInt8]
    /// 32 bytes, by which others check what this key signed.
    public let publicKey: [UInt8]

    /// `seed`: 32 bytes that nobody can guess; nil if they are not so many.
    public init?(seed: [UInt8]) {
        guard seed.count == Self.keyBytes else { return nil }
        var key = [UInt8](repeating: 0, count: Self.keyBytes)
        guard howdah_ed25519_public(seed, &key) == 1 else { return nil }
        self.seed = seed
        publicKey = key
    }

    /// 64 bytes; nil where the library has no memory.
    public func signature(of message: [UInt8]) -> [UInt8]? {
        var signature = [UInt8](repeating: 0, count: Self.signatureBytes)
        let isSigned = howdah_ed25519_sign(seed, message, message.count, &signature) == 1
        return isSigned ? signature : nil
    }

    /// Whether the owner of a public key signed the message.
    public static func isSigned(
        _ message: [UInt8], with signature: [UInt8], by publicKey: [UInt8]
    ) -> Bool {
        guard publicKey.count == keyBytes, signature.count == signatureBytes else { return false }
        return howdah_ed25519_verify(publicKey, message, message.count, signature) == 1
    }
}
