internal import FoundationEssentials
internal import Host

/// SeaweedFS as S3 and STS. Only its S3 port is reachable from instances; the rest of it listens on
/// the switch's own loopback (in a lab on the loopback: all of it does on the machine's).
struct StorageService: Sendable {
    static let name = "weed"
    static let volumeServerLimit = 20
    static let volumeSizeMiB = 100

    let folder: StateFolder
    let lab: Lab
    let secrets: LabSecrets
    let tools: Tools

    func start() throws {
        let files = folder.files
        let base = "\(StateFolder.services)/weed"
        try files.makeDirectory(base, mode: 0o700)
        try files.makeDirectory("\(base)/data", mode: 0o700)
        try JSONFile.write(
            Identities(secrets), to: "\(base)/identities.json", in: files, mode: 0o600)
        try JSONFile.write(
            AccessRules(secrets, tokenDuration: "1h"), to: "\(base)/iam.json", in: files,
            mode: 0o600)
        try OwnedProcesses(folder: folder, lab: lab, tools: tools).start(
            Self.name, tools.weed, Self.arguments(folder.inside(base), lab),
            environment: ["HOME": folder.inside(base)], namespace: lab.switchNamespace)
    }

    static func arguments(_ base: String, _ lab: Lab) -> [String] {
        let sockets = StorageSockets(first: lab.storagePort)
        let ports = lab.ports
        return [
            "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-dir=\(base)/data",
            "-master.port=\(ports.storageMaster)", "-master.volumeSizeLimitMB=\(volumeSizeMiB)",
            "-master.telemetry=false", "-volume.port=\(ports.storageVolume)",
            "-volume.max=\(volumeServerLimit)",
            "-filer=true", "-filer.port=\(ports.storageFiler)",
            "-filer.localSocket=\(base)/filer.sock", "-s3",
            "-s3.ip.bind=\(lab.serviceAddress)", "-s3.port=\(ports.s3)", "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.localSocket=\(base)/s3.sock", "-s3.config=\(base)/identities.json",
            "-s3.iam.config=\(base)/iam.json",
        ] + StorageSockets.parts.map { "-\($0).port.grpc=\(sockets.port($0))" }
    }

    /// `identities.json`: who has keys of their own.
    struct Identities: Encodable {
        struct Credential: Encodable {
            var accessKey: String
            var secretKey: String
        }
        struct Identity: Encodable {
            var name: String
            var credentials: [Credential]
            var actions: [String]
        }

        var identities: [Identity]

        init(_ secrets: LabSecrets) {
            func identity(_ name: String, _ key: LabSecrets.Key, _ actions: [String]) -> Identity {
                Identity(
                    name: name,
                    credentials: [Credential(accessKey: key.id, secretKey: key.secret)],
                    actions: actions)
            }
            identities = [
                identity(
                    "admin", secrets.storageAdmin, ["Admin", "Read", "List", "Tagging", "Write"]),
                identity("metadata", secrets.storageMetadata, []),
            ]
        }
    }
}
