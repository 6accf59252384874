internal import Digests
internal import Host

/// The lab's network: a namespace with a bridge, and one namespace for each instance. Nothing is
/// added to the machine's own network. A lab on the loopback has none: 127.0.0.0/8 is there anyway.
struct LabNetwork: Sendable {
    static let metadataAddress = "169.254.169.254"

    let folder: StateFolder
    let lab: Lab
    let tools: Tools

    func makeSwitch() async throws {
        guard lab.isolation == .namespaces else { return }
        let name = lab.switchNamespace
        try await makeNamespace(name)
        try await batch(
            in: name,
            [
                "link set lo up", "link add br0 type bridge", "link set br0 up",
                "addr add \(lab.serviceAddress)/24 dev br0",
            ])
    }

    /// A namespace with `eth0` on the bridge, and the metadata service's address on `lo`. What a
    /// cut-off attempt left is made anew.
    func makeInstance(_ id: String, address: String) async throws {
        guard lab.isolation == .namespaces else { return }
        let name = lab.instanceNamespace(id)
        try await removeInstance(id)
        try await makeNamespace(name)
        let port = Self.portName(address)
        try await batch(
            in: name, ["link set lo up", "addr add \(Self.metadataAddress)/32 dev lo"])
        try await batch(
            in: lab.switchNamespace,
            [
                "link add \(port) type veth peer name eth0 netns \(name)",
                "link set \(port) master br0 up",
            ])
        try await batch(
            in: name,
            [
                "link set eth0 address \(Self.hardwareAddress(address))",
                "addr add \(address)/24 dev eth0", "link set eth0 up",
                "route add default via \(lab.serviceAddress)",
            ])
    }

    func removeInstance(_ id: String) async throws {
        guard lab.isolation == .namespaces else { return }
        try await Self.remove(namespace: lab.instanceNamespace(id), tools: tools)
        try Ledger(folder).erase(Self.entryID(lab.instanceNamespace(id)))
    }

    static func remove(namespace: String, tools: Tools) async throws {
        guard Files().exists("/run/netns/\(namespace)") else { return }
        try await ProcessRunner().require(tools.ip, ["netns", "del", namespace])
    }

    /// Names and addresses that follow from an instance's own address, so that no two are alike.
    static func portName(_ address: String) -> String {
        "p" + (address.split(separator: ".").last ?? "0")
    }

    /// A locally administered address (IEEE 802, bit 1 of the first octet) made of the IPv4 one.
    static func hardwareAddress(_ address: String) -> String {
        let octets = address.split(separator: ".").compactMap { UInt8($0) }
        return Hex.encode([2, 0]).pairs + ":" + Hex.encode(octets).pairs
    }

    static func entryID(_ namespace: String) -> String { "namespace/\(namespace)" }

    private func makeNamespace(_ name: String) async throws {
        try Ledger(folder).record(
            LedgerEntry(id: Self.entryID(name), thing: .namespace(name: name)))
        try await ProcessRunner().require(tools.ip, ["netns", "add", name])
    }

    private func batch(in namespace: String, _ lines: [String]) async throws {
        let input = Array((lines.joined(separator: "\n") + "\n").utf8)
        try await ProcessRunner().require(
            tools.ip, ["-n", namespace, "-batch", "-"], input: input)
    }
}

extension String {
    /// `0a4d` as `0a:4d`.
    fileprivate var pairs: String {
        let digits = Array(self)
        return stride(from: 0, to: digits.count, by: 2)
            .map { String(digits[$0..<min($0 + 2, digits.count)]) }.joined(separator: ":")
    }
}
