internal import AWS
internal import Cluster
internal import Host

/// The facts of a machine without a metadata service, from a file.
struct FileFacts: InstanceMetadata {
    let files: Files
    let path: String

    func facts() async throws -> InstanceFacts {
        guard let bytes = try files.readIfPresent(path) else {
            throw ImageError(path: path, what: "the file with the machine's facts")
        }
        let file = try FactsFile.parse(bytes, file: path)
        var facts = InstanceFacts(
            instanceID: file.instanceID, instanceType: file.instanceType ?? "",
            imageID: file.imageID ?? "", localIPv4: file.address ?? "",
            hostname: file.hostname ?? file.instanceID, availabilityZone: file.zone ?? "",
            availabilityZoneID: file.zoneID, region: file.region ?? "", accountID: file.account,
            tags: file.tags, userData: try file.userData.flatMap { try userData($0) },
            iamRole: file.iamRole)
        facts.localIPv6 = file.address6.map { [$0] } ?? []
        facts.lifeCycle = file.lifeCycle
        return facts
    }

    private func userData(_ path: String) throws -> [UInt8]? {
        guard let bytes = try files.readIfPresent(path) else {
            throw ImageError(path: path, what: "the file with user-data")
        }
        return bytes
    }
}
