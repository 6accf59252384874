import Testing

@testable import LocalCloud

@Suite struct IsolationTests {
    static func rights(
        root: Bool = false, namespaces: Bool = false, userNamespace: Bool = false
    ) -> Isolation.Rights {
        Isolation.Rights(
            isRoot: root, canMakeNamespaces: namespaces, canBecomeRoot: userNamespace)
    }

    @Test func `root has namespaces where it may make them`() throws {
        #expect(try Isolation.choose(Self.rights(root: true, namespaces: true)) == .namespaces)
        #expect(try Isolation.choose(Self.rights(root: true)) == .loopback)
    }

    @Test func `a user has the loopback`() throws {
        #expect(try Isolation.choose(Self.rights(userNamespace: true)) == .loopback)
    }

    @Test func `without any right one line says what is missing and what to do`() {
        let error = #expect(throws: LabError.self) { try Isolation.choose(Self.rights()) }
        let text = error?.description ?? ""
        #expect(text.contains("user namespace") && text.contains("sysctl"))
        #expect(!text.contains("\n"))
    }

    @Test func `instances have addresses of the loopback, services are on 127.0.0.1`() throws {
        let lab = Lab(id: "0a1b2c", isolation: .loopback, network: 7)
        #expect(lab.address(Lab.firstHost) == "127.0.7.11")
        #expect(lab.subnet == "127.0.7.0/24")
        #expect(lab.inside.panel == "http://127.0.0.1:8443")
        #expect(lab.metadataAddress(of: "127.0.7.11") == "127.0.7.11")
        let apart = Lab(id: "0a1b2c")
        #expect(apart.inside.panel == "http://10.77.0.1:8443")
        #expect(apart.metadataAddress(of: "10.77.0.11") == "169.254.169.254")
    }

    @Test func `only on the loopback is the node told of plain folders and its metadata service`() {
        func environment(_ isolation: Isolation) -> [String: String] {
            LightEnvironment(
                lab: Lab(id: "0a1b2c", isolation: isolation, network: 7), address: "127.0.7.11",
                root: "/r"
            ).variables(path: "/bin", mark: "m")
        }
        let loopback = environment(.loopback)
        #expect(loopback["HOWDAH_PLAIN_MOUNTS"] == "1")
        #expect(loopback["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == "http://127.0.7.11:80")
        let apart = environment(.namespaces)
        #expect(apart["HOWDAH_PLAIN_MOUNTS"] == nil)
        #expect(apart["AWS_EC2_METADATA_SERVICE_ENDPOINT"] == nil)
    }

    @Test func `java finds the machine's own name in an instance's hosts file`() {
        #expect(
            HostsLink.firstLine(.loopback, machine: "build-7") == "127.0.0.1 localhost build-7\n")
        #expect(HostsLink.firstLine(.loopback, machine: "localhost") == "127.0.0.1 localhost\n")
        #expect(HostsLink.firstLine(.namespaces, machine: "build-7") == "127.0.0.1 localhost\n")
    }

    @Test func `a block of ports with one that is taken is passed over`() throws {
        var offers = [20_000, 21_000, 22_000]
        let chosen = try LabPorts.choose(
            random: { _ in offers.removeFirst() }, isFree: { $0 != 20_010 },
            isTaken: { $0 == "/tmp/seaweedfs-s3-grpc-21010.sock" })
        #expect(chosen.ports.s3 == 22_000)
        #expect(chosen.sockets.first == 22_007)
        let ports = chosen.ports
        let all = [
            ports.s3, ports.ec2, ports.panel, ports.metadata, ports.storageMaster,
            ports.storageVolume, ports.storageFiler,
        ]
        #expect(all.sorted() == Array(22_000..<22_007))
        #expect(throws: LabError.self) {
            try LabPorts.choose(
                random: { $0.lowerBound }, isFree: { _ in false }, isTaken: { _ in false })
        }
    }

    @Test func `a network whose master has no free port is passed over`() throws {
        var offers = [3, 5]
        let number = try Lab.network(
            random: { _ in offers.removeFirst() },
            isFree: { port, host in !(port == 9870 && host == 3 << 8 | 11) })
        #expect(number == 5)
        #expect(throws: LabError.self) {
            try Lab.network(random: { $0.lowerBound }, isFree: { _, _ in false })
        }
    }

    @Test func `a port with a listener is not free on its address, and is on another`() throws {
        let listener = try LoopbackListener.open(preferred: 0)
        #expect(!LoopbackListener.isFree(listener.port, host: 1))
        #expect(LoopbackListener.isFree(listener.port, host: 9 << 8 | 9))
    }
}
