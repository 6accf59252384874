internal import AWS
internal import Archive
internal import Cluster
internal import Host

/// Reads what the image has baked in, and puts it together with what metadata says.
struct BootConfiguration: Sendable {
    static let clusterPath = "/etc/howdah/cluster.yaml"
    static let stackFolder = "/usr/share/howdah/stacks"

    let files: Files

    func plan(for facts: InstanceFacts) throws -> BootPlan {
        let userData = try facts.userData.flatMap { bytes in
            try UserData.parse(bytes) { try Decompressor.decompress($0, limit: $1) }
        }
        let path = Self.clusterPath
        guard let baked = try files.readIfPresent(path) else {
            throw ImageError(path: path, what: "the cluster file")
        }
        let cluster = try ClusterFile.parse(baked, file: path, userData: userData)
        let stackPath = "\(Self.stackFolder)/\(cluster.stack).yaml"
        guard let stackText = try files.readIfPresent(stackPath) else {
            throw ImageError(path: stackPath, what: "the stack '\(cluster.stack)'")
        }
        let stack = try Stack.parse(stackText, file: stackPath)
        return try BootPlan(
            facts: facts, cluster: cluster, userData: userData, stack: stack,
            stackText: stackText)
    }
}

/// The image lacks a file that every boot needs.
struct ImageError: Error, CustomStringConvertible {
    let path: String
    let what: String

    var description: String { "no '\(path)': \(what) is not in the image; bake it in" }
}
