/// A hash algorithm, by the name that repository metadata and RPM use for it.
public enum DigestAlgorithm: String, Sendable, Hashable, CaseIterable {
    case md5, sha1, sha224, sha256, sha384, sha512
    /// SHA-1 under the name that the first createrepo gave it, and that old readers know.
    case sha

    /// Whether others can make a second content of the same digest.
    public var isWeak: Bool { byteCount < Self.sha224.byteCount }

    /// Length of the digest in bytes.
    public var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1, .sha: 20
        case .sha224: 28
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }
}

/// The hash of some bytes, together with the algorithm that made it.
public struct Digest: Sendable, Hashable {
    public let algorithm: DigestAlgorithm
    public let bytes: [UInt8]

    /// `bytes` must have the algorithm's length.
    init(algorithm: DigestAlgorithm, bytes: [UInt8]) {
        precondition(bytes.count == algorithm.byteCount)
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// Reads a digest written in hexadecimal; nil if length or digits do not fit the algorithm.
    public init?(_ algorithm: DigestAlgorithm, hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex), bytes.count == algorithm.byteCount else { return nil }
        self.init(algorithm: algorithm, bytes: bytes)
    }

    /// Whether text is this digest in hexadecimal of either case.
    public func isHex(_ text: [UInt8]) -> Bool {
        guard text.count == bytes.count * 2 else { return false }
        for (index, byte) in bytes.enumerated() {
            guard let high = Hex.value(text[2 * index]), let low = Hex.value(text[2 * index + 1]),
                high << 4 | low == byte
            else { return false }
        }
        return true
    }

    /// Lower-case hexadecimal.
    public var hex: String { Hex.encode(bytes) }
}

extension Digest: CustomStringConvertible {
    public var description: String { "\(algorithm.rawValue):\(hex)" }
}
