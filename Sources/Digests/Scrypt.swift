internal import CCrypto

/// scrypt (RFC 7914): makes a key of a password, with so much memory that guessing many is dear.
public struct Scrypt: Sendable, Equatable {
    /// N is two to the power of it: how much work and memory it takes.
    public var logN: Int
    /// r, the block's size.
    public var blockSize: Int
    /// p, how often it is done.
    public var parallelism: Int

    public init(logN: Int, blockSize: Int, parallelism: Int) {
        self.logN = logN
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// What a derivation needs at once (RFC 7914, sections 5 and 6).
    public var memoryBytes: Int {
        128 * blockSize * ((1 << logN) + parallelism + 2)
    }

    /// A key of `count` bytes. It takes as long as it was made to take: on a thread that may wait.
    /// Nil if the parameters are none that RFC 7914 allows, or there is no such memory.
    public func key(of password: [UInt8], salt: [UInt8], count: Int) -> [UInt8]? {
        guard (1...30).contains(logN), (1...256).contains(blockSize),
            (1...256).contains(parallelism), count > 0
        else { return nil }
        var key = [UInt8](repeating: 0, count: count)
        let isDone = password.withUnsafeBytes { bytes in
            EVP_PBE_scrypt(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, salt,
                salt.count, UInt64(1) << UInt64(logN), UInt64(blockSize), UInt64(parallelism),
                UInt64(memoryBytes + 1 << 20), &key, count)
        }
        return isDone == 1 ? key : nil
    }
}

/// Whether two secrets are the same, in a time that depends on their length alone.
public func areEqualSecrets(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
