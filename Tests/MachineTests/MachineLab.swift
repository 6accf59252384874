import AWS
import FoundationEssentials
import PanelAPI
import Support
import Transfer

/// A lab of `howdah local` with a light master, and one more instance that the lab does not switch
/// on.
struct MachineLab: Sendable {
    let state: String
    static let cluster = "local"
    static let name = "slave-1"
    private static let host = 12

    /// Where the build put this test and the programs.
    static let programs: String = {
        let test = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return "/" + (test ?? "").split(separator: "/").dropLast().joined(separator: "/")
    }()

    @discardableResult
    func howdah(_ words: String...) async throws -> String {
        try await Command.run(
            Self.programs + "/howdah", words,
            environment: [
                "HOWDAH_LOCAL_STATE": state, "HOWDAH_VENV": Checkout.pythonEnvironment,
            ],
            directory: Checkout.root
        ).output
    }

    /// What the lab's files say, which its owner may read.
    private func file<Value: Decodable>(_ name: String, _ type: Value.Type) throws -> Value {
        let bytes = try Data(contentsOf: URL(filePath: state + "/" + name))
        return try JSONDecoder().decode(type, from: bytes)
    }

    private struct Lab: Decodable {
        struct Ports: Decodable {
            var s3: Int
            var panel: Int
        }
        var id: String
        var region: String
        var network: Int
        var ports: Ports
    }

    private struct Endpoints: Decodable {
        var ec2: String
        var panel: String
    }

    private func endpoints() async throws -> Endpoints {
        struct Status: Decodable { var endpoints: Endpoints }
        let text = try await howdah("local", "status", "--json")
        return try JSONDecoder().decode(Status.self, from: Data(text.utf8)).endpoints
    }

    /// Asks EC2 for an instance; gives its id.
    func runInstance() async throws -> String {
        struct Secrets: Decodable {
            struct Key: Decodable {
                var id: String
                var secret: String
            }
            var operatorKey: Key
        }
        struct Cloud: Decodable { var subnet: String }
        let lab = try file("lab.json", Lab.self)
        let key = try file("secrets.json", Secrets.self).operatorKey
        let client = try EC2Client(
            settings: AWSSettings(
                region: lab.region, endpoints: [.ec2: try await endpoints().ec2]),
            credentials: StaticCredentials(
                Credentials(accessKeyID: key.id, secretAccessKey: key.secret)),
            transfer: TransferClient())
        let made = try await client.runInstances(
            EC2Launch(
                imageID: "ami-00000000", instanceType: "m5.large", privateIPv4: try address(),
                subnetID: try file("cloud.json", Cloud.self).subnet,
                instanceProfileName: "howdah-slave",
                tags: [
                    "Name": Self.name, "howdah:role": "slave", "howdah:cluster": Self.cluster,
                    "howdah:form": "machine",
                ]))
        guard let id = made.first?.id else { throw MachineFailure("ec2 made no instance") }
        return id
    }

    func address() throws -> String {
        "10.77.\(try file("lab.json", Lab.self).network).\(Self.host)"
    }

    func namespace(of instance: String) throws -> String {
        "howdah-\(try file("lab.json", Lab.self).id)-\(instance.drop { $0 != "-" }.dropFirst())"
    }

    /// The volume that the hypervisor attached; nil while there is none.
    func volume(of instance: String) -> Machine.Volume? {
        struct Record: Decodable {
            struct Disk: Decodable { var volume: String }
            var disks: [Disk]
        }
        let record = try? file("instances/\(instance)/instance.json", Record.self)
        return record?.disks.first.map {
            Machine.Volume(id: $0.volume, image: "\(state)/volumes/\($0.volume).img")
        }
    }

    /// What a cloud that is not AWS tells its instances: where its services and the panel are.
    func settings() throws -> (environment: String, hosts: String) {
        let lab = try file("lab.json", Lab.self)
        let services = "10.77.\(lab.network).1"
        let storage = "http://\(services):\(lab.ports.s3)"
        return (
            """
            AWS_ENDPOINT_URL_S3=\(storage)
            AWS_ENDPOINT_URL_STS=\(storage)
            AWS_REGION=\(lab.region)

            """,
            """
            127.0.0.1 localhost
            \(services) panel.howdah.internal

            """
        )
    }

    func node() async throws -> NodeView? {
        let text = try await howdah(
            "cluster", "show", "--json", "--panel", try await endpoints().panel, "--token-file",
            state + "/services/panel/operator-token")
        let view = try JSONDecoder().decode(ClusterView.self, from: Data(text.utf8))
        return view.nodes.first { $0.name == Self.name }
    }
}
