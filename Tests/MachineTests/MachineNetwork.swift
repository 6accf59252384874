import Support

/// The network of an instance whose kernel is its own. The lab gave the instance's namespace
/// `eth0` with the instance's address; here the address goes to the machine, behind a bridge, and
/// is told to it by DHCP, with a route to the metadata service, which stays in the namespace.
struct MachineNetwork {
    static let tap = "tap0"

    let namespace: String
    /// Of the instance, 10.77.N.H.
    let address: String

    /// The first three numbers with another last one.
    private func neighbour(_ host: Int) -> String {
        address.split(separator: ".").dropLast().joined(separator: ".") + ".\(host)"
    }
    private var gateway: String { neighbour(1) }
    /// The namespace's own, by which the metadata service asks EC2 and STS.
    private var own: String {
        neighbour((address.split(separator: ".").last.flatMap { Int($0) } ?? 0) + 100)
    }
    /// The one that the metadata service tells.
    var hardwareAddress: String {
        "02:00:"
            + address.split(separator: ".").compactMap { UInt8($0) }.map { octet in
                let text = String(octet, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined(separator: ":")
    }

    func make() async throws {
        // The machine gets the address that eth0 had.
        for line in [
            "link add br0 type bridge", "link set br0 up", "addr flush dev eth0",
            "link set eth0 address 02:01\(hardwareAddress.dropFirst(5))",
            "link set eth0 master br0", "addr add \(own)/24 dev br0",
            "route add default via \(gateway)", "tuntap add \(Self.tap) mode tap",
            "link set \(Self.tap) master br0 up",
        ] {
            try await Command.run(
                "ip", ["-n", namespace] + line.split(separator: " ").map { "\($0)" })
        }
    }

    /// Answers DHCP until it is stopped.
    func serveAddresses(logPath: String) throws -> ServerProcess {
        let routes = "169.254.169.254/32,\(own),0.0.0.0/0,\(gateway)"
        return try ServerProcess.start(
            "/sbin/ip",
            [
                "netns", "exec", namespace, "dnsmasq", "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--log-facility=-", "--log-dhcp", "--pid-file=", "--user=root", "--port=0",
                "--no-resolv", "--no-hosts", "--leasefile-ro", "--interface=br0",
                "--bind-interfaces", "--dhcp-range=\(address),static",
                "--dhcp-host=\(hardwareAddress),\(address)", "--dhcp-option=3,\(gateway)",
                "--dhcp-option=121,\(routes)",
            ], logPath: logPath)
    }
}
