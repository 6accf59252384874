internal import AWS
internal import Host
internal import Transfer

/// Clients of a lab's services, each with the keys of its own user.
struct LabClients: Sendable {
    enum User { case hypervisor, owner }

    let lab: Lab
    let secrets: LabSecrets
    let endpoints: Endpoints
    let transfer: TransferClient

    init(folder: StateFolder, transfer: TransferClient = TransferClient()) throws {
        lab = try folder.readLab()
        secrets = try folder.readSecrets()
        endpoints = try folder.readEndpoints()
        self.transfer = transfer
    }

    /// For a program inside an instance's namespace.
    init(inside folder: StateFolder, transfer: TransferClient = TransferClient()) throws {
        lab = try folder.readLab()
        secrets = try folder.readSecrets()
        endpoints = lab.inside
        self.transfer = transfer
    }

    private var settings: AWSSettings {
        AWSSettings(
            region: lab.region,
            endpoints: [.s3: endpoints.s3, .sts: endpoints.s3, .ec2: endpoints.ec2])
    }

    private func keys(_ key: LabSecrets.Key) -> StaticCredentials {
        StaticCredentials(Credentials(accessKeyID: key.id, secretAccessKey: key.secret))
    }

    func ec2(_ user: User) throws -> EC2Client {
        let key = user == .hypervisor ? secrets.hypervisorKey : secrets.operatorKey
        return try EC2Client(settings: settings, credentials: keys(key), transfer: transfer)
    }

    /// STS as the metadata services see it.
    func sts() throws -> STSClient {
        try STSClient(
            settings: settings, credentials: keys(secrets.storageMetadata), transfer: transfer)
    }

    func s3() throws -> S3Client {
        try S3Client(
            settings: settings, credentials: keys(secrets.storageAdmin), transfer: transfer)
    }
}
