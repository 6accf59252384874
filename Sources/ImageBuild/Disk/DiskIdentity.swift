internal import Digests

/// The identifiers of a disk, all derived from what the disk is made of: equal trees give equal
/// disks.
struct DiskIdentity: Sendable, Equatable {
    let filesystemUUID: String
    /// The seed of ext4's directory hashes, a UUID too.
    let hashSeed: String
    /// The disk signature of the MBR; never zero, which means none.
    let signature: UInt32

    init(seed: [UInt8]) {
        filesystemUUID = Self.uuid(seed, "filesystem")
        hashSeed = Self.uuid(seed, "hash seed")
        let bytes = Self.bytes(seed, "disk signature")
        signature = max(1, bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// What Linux calls the first partition of a disk with an MBR: signature, dash, number.
    var partitionUUID: String {
        Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: signature >> (24 - 8 * $0)) }) + "-01"
    }

    private static func bytes(_ seed: [UInt8], _ purpose: String) -> [UInt8] {
        Digest.of(seed + Array(purpose.utf8)).bytes
    }

    /// A UUID of version 8, whose bits are the maker's own (RFC 9562, section 5.8).
    private static func uuid(_ seed: [UInt8], _ purpose: String) -> String {
        var bytes = Array(bytes(seed, purpose).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = Array(Hex.encode(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
            .joined(separator: "-")
    }
}
