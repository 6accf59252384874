/// The ports of a lab's services. The defaults are for the switch's namespace, which has no other
/// users; on the machine's own loopback they are chosen among the free ones.
public struct LabPorts: Codable, Sendable, Equatable {
    /// S3 and STS.
    public var s3 = 8333
    public var ec2 = 5000
    public var panel = 8443
    public var metadata = 80
    /// SeaweedFS's own parts, which nobody else calls.
    public var storageMaster = 9333
    public var storageVolume = 8080
    public var storageFiler = 8888

    public init() {}

    /// Below 32768, from where on Linux gives ports to whoever connects
    /// (`net.ipv4.ip_local_port_range`).
    static let range = 20_000...32_000
    static let maximumAttempts = 100
    /// The seven above and the gRPC ports of `StorageSockets`.
    static let count = 7 + StorageSockets.parts.count

    /// A block of ports that nobody listens on, for a lab on the loopback; `sockets` are the last.
    static func choose(
        random: (ClosedRange<Int>) -> Int, isFree: (Int) -> Bool, isTaken: (String) -> Bool
    ) throws(LabError) -> (ports: LabPorts, sockets: StorageSockets) {
        for _ in 0..<maximumAttempts {
            let first = random(range)
            let sockets = StorageSockets(first: first + 7)
            guard (first..<first + count).allSatisfy(isFree),
                !sockets.paths.contains(where: isTaken)
            else { continue }
            return (LabPorts(first: first), sockets)
        }
        throw LabError("no \(count) free ports in a row from \(range.lowerBound) on 127.0.0.1")
    }

    private init(first: Int) {
        s3 = first
        ec2 = first + 1
        panel = first + 2
        metadata = first + 3
        storageMaster = first + 4
        storageVolume = first + 5
        storageFiler = first + 6
    }
}
