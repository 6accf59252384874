internal import Digests
internal import Glibc
internal import Host

extension Lab {
    /// The numbers 127.0.N.0/24 that labs on the loopback take; 0 is the machine's own.
    static let networks = 1...250
    static let maximumAttempts = 100
    /// Ports of HDFS (hdfs-default.xml) that an instance's address must have free.
    static let instancePorts: [UInt16] = [8020, 9864, 9866, 9867, 9870]

    /// A new lab, with numbers that no other has.
    static func fresh(_ isolation: Isolation, images: LabImages? = nil) throws(LabError) -> Lab {
        let id = Hex.encode(RandomBytes.make(3))
        let isTaken = { Files().exists($0) }
        switch isolation {
        case .namespaces:
            let sockets = try StorageSockets.choose(
                random: { Int.random(in: $0) }, isTaken: isTaken)
            return Lab(
                id: id, form: images == nil ? .light : .container, images: images,
                storagePort: sockets.first)
        case .loopback:
            let (ports, sockets) = try LabPorts.choose(
                random: { Int.random(in: $0) },
                isFree: { LoopbackListener.isFree(UInt16($0), host: 1) }, isTaken: isTaken)
            return Lab(
                id: id, isolation: isolation, network: try network { Int.random(in: $0) },
                ports: ports, storagePort: sockets.first)
        }
    }

    /// A network in which nobody has the master's ports.
    static func network(
        random: (ClosedRange<Int>) -> Int,
        isFree: (UInt16, UInt32) -> Bool = { LoopbackListener.isFree($0, host: $1) }
    ) throws(LabError) -> Int {
        for _ in 0..<maximumAttempts {
            let number = random(networks)
            let host = UInt32(number << 8 | firstHost)
            if instancePorts.allSatisfy({ isFree($0, host) }) { return number }
        }
        throw LabError(
            "the ports \(instancePorts) are taken on 127.0.N.\(firstHost) for every N; "
                + "something listens there on all addresses: end it")
    }
}
