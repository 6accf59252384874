internal import AWS
internal import Archive
internal import Cluster
internal import Host

/// Reads what the image has baked in, and puts it together with what metadata says.
struct BootConfiguration: Sendable {
    static let clusterPath = "/etc/howdah/cluster.yaml"
    static let stackFolder = "/usr/share/howdah/stacks"

    let files: Files
    /// Where the machine's size is read.
    let proc: String
    let clusterPath: String
    let stackFolder: String

    init(_ paths: HostPaths) {
        self.init(files: paths.files, proc: paths.proc)
    }

    /// For a look without a machine around it.
    init(
        files: Files, proc: String = "/proc", clusterPath: String = clusterPath,
        stackFolder: String = stackFolder
    ) {
        self.files = files
        self.proc = proc
        self.clusterPath = clusterPath
        self.stackFolder = stackFolder
    }

    func plan(for facts: InstanceFacts) throws -> BootPlan {
        let (cluster, userData) = try cluster(userData: facts.userData)
        let (stack, stackText) = try stack(of: cluster)
        return try BootPlan(
            facts: facts, cluster: cluster, userData: userData, stack: stack,
            stackText: stackText, machine: try MachineSize.read(proc: proc))
    }

    /// The baked file with user-data laid over it, and what of the user-data is ours.
    func cluster(userData bytes: [UInt8]?) throws -> (ClusterFile, UserData?) {
        let userData = try bytes.flatMap { bytes in
            try UserData.parse(bytes) { try Decompressor.decompress($0, limit: $1) }
        }
        guard let baked = try files.readIfPresent(clusterPath) else {
            throw ImageError(path: clusterPath, what: "the cluster file")
        }
        return (try ClusterFile.parse(baked, file: clusterPath, userData: userData), userData)
    }

    func stack(of cluster: ClusterFile) throws -> (Stack, text: [UInt8]) {
        let path = "\(stackFolder)/\(cluster.stack).yaml"
        guard let text = try files.readIfPresent(path) else {
            throw ImageError(path: path, what: "the stack '\(cluster.stack)'")
        }
        return (try Stack.parse(text, file: path), text)
    }
}

/// The image lacks a file that every boot needs.
struct ImageError: Error, CustomStringConvertible {
    let path: String
    let what: String

    var description: String { "no '\(path)': \(what) is not in the image; bake it in" }
}
