internal import Host

/// SeaweedFS's parts call each other over sockets in /tmp that are named by their gRPC ports and
/// nothing else. A network namespace does not keep them apart: two stores with the same ports would
/// take each other's volumes. So every lab has ports of its own, although its namespace has no
/// other users.
public struct StorageSockets: Sendable {
    public static let firstPort = 20_000
    static let lastPort = 59_000
    static let maximumAttempts = 100
    static let parts = ["master", "volume", "filer", "s3"]

    let first: Int

    /// Ports whose sockets nobody has.
    static func choose(
        random: (ClosedRange<Int>) -> Int, isTaken: (String) -> Bool
    ) throws(LabError) -> StorageSockets {
        for _ in 0..<maximumAttempts {
            let sockets = StorageSockets(first: random(firstPort...lastPort))
            if !sockets.paths.contains(where: isTaken) { return sockets }
        }
        throw LabError("no free ports for SeaweedFS: clear '/tmp/seaweedfs-*.sock'")
    }

    func port(_ part: String) -> Int { first + (Self.parts.firstIndex(of: part) ?? 0) }

    var paths: [String] { Self.parts.map { "/tmp/seaweedfs-\($0)-grpc-\(port($0)).sock" } }

    /// A killed store leaves them behind.
    func remove() throws {
        for path in paths { try Files().remove(path) }
    }
}
