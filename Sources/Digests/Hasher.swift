internal import CCrypto

/// Hashes bytes as they come, with OpenSSL (which uses the processor's SHA instructions).
public struct StreamHasher: ~Copyable {
    private let context: OpaquePointer
    public let algorithm: DigestAlgorithm

    public init(_ algorithm: DigestAlgorithm) {
        guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        self.context = context
        self.algorithm = algorithm
        precondition(EVP_DigestInit_ex(context, algorithm.method, nil) == 1)
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        precondition(EVP_DigestUpdate(context, base, bytes.count) == 1)
    }

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all that came; the hasher starts afresh afterwards.
    public mutating func finish() -> Digest {
        var bytes = [UInt8](repeating: 0, count: algorithm.byteCount)
        precondition(EVP_DigestFinal_ex(context, &bytes, nil) == 1)
        precondition(EVP_DigestInit_ex(context, algorithm.method, nil) == 1)
        return Digest(algorithm: algorithm, bytes: bytes)
    }
}

extension Digest {
    /// Hashes bytes that are already in memory.
    public static func of(_ bytes: [UInt8], _ algorithm: DigestAlgorithm = .sha256) -> Digest {
        var hasher = StreamHasher(algorithm)
        hasher.update(bytes)
        return hasher.finish()
    }
}

/// HMAC with SHA-256 (RFC 2104).
public func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: DigestAlgorithm.sha256.byteCount)
    var length: UInt32 = 0
    let done = HMAC(
        EVP_sha256(), key, Int32(key.count), message, message.count, &result, &length)
    precondition(done != nil && Int(length) == result.count)
    return result
}

extension DigestAlgorithm {
    fileprivate var method: OpaquePointer? {
        switch self {
        case .md5: EVP_md5()
        case .sha1, .sha: EVP_sha1()
        case .sha224: EVP_sha224()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }
}
