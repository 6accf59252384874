import Cluster
import FoundationEssentials
import Testing

/// The data files of images/ are right: a mistake in them is found here, not at a boot.
@Suite struct ShippedFilesTests {
    private static let images = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "images")

    private static let stackNames = ["hadoop-1", "hadoop-3", "hdfs-3", "personal", "spark"]

    private func bytes(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: Self.images.appending(path: path)))
    }

    private func stack(_ name: String) throws -> Stack {
        try Stack.parse(bytes("stacks/\(name).yaml"), file: "\(name).yaml")
    }

    private var localCluster: ClusterFile {
        get throws { try ClusterFile.parse(bytes("local/cluster.yaml"), file: "local") }
    }

    @Test func `every stack is listed here`() throws {
        let folder = Self.images.appending(path: "stacks").path()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(files.sorted() == Self.stackNames.map { "\($0).yaml" })
    }

    @Test(arguments: stackNames)
    func `a stack bears its file's name, and all of it can be expanded`(name: String) throws {
        let stack = try stack(name)
        #expect(stack.name == name)
        let values = StackVariable.allCases.map { ($0, "<\($0.rawValue)>") }
        let expansion = Expansion(Dictionary(uniqueKeysWithValues: values))
        let cluster = try localCluster
        for (roleName, role) in stack.roles {
            for file in role.files {
                guard let settings = file.content.settings else { continue }
                let table = stack.settings(for: settings, role: roleName, cluster: cluster)
                #expect(!table.isEmpty, "\(file.path)")
                _ = try expansion.expand(table)
            }
            for daemon in role.daemons {
                for command in [daemon.command, daemon.reads ?? [], daemon.refresh] {
                    _ = try expansion.expand(command)
                }
            }
            #expect(!role.packages.isEmpty)
            #expect(!role.daemons.isEmpty)
        }
    }

    @Test(arguments: stackNames)
    func `whatever may destroy data needs the panel's leave and keeps its force to itself`(
        name: String
    ) throws {
        let preparations = try stack(name).roles.values.flatMap(\.preparations)
        for step in preparations where step.command.contains("-format") {
            #expect(step.needsLeave)
            #expect(step.command.contains("-nonInteractive"))
            #expect(!step.command.contains("-force"))
        }
    }

    @Test func `HDFS has its NameNode on the master and a DataNode on each slave`() throws {
        let stack = try stack("hdfs-3")
        #expect(stack.masterRole == "master")
        #expect(stack.roles["master"]?.daemons.map(\.name) == ["namenode"])
        #expect(stack.roles["slave"]?.daemons.map(\.name) == ["datanode"])
        #expect(stack.roles["master"]?.packages == ["hadoop-client", "hadoop-hdfs-namenode"])
        #expect(stack.roles["slave"]?.preparations == [])
        let data = stack.roles["slave"]?.directories.first { $0.path.hasSuffix("/hdfs/data") }
        #expect(data?.mode == 0o700)
    }

    @Test func `Hadoop 3 has what its HDFS alone has, and YARN`() throws {
        let (whole, alone) = (try stack("hadoop-3"), try stack("hdfs-3"))
        for (name, part) in alone.roles {
            let same = try #require(whole.roles[name])
            #expect(same.preparations == part.preparations)
            #expect(same.settings["hdfs-site.xml"] == part.settings["hdfs-site.xml"])
            #expect(same.settings["core-site.xml"] == part.settings["core-site.xml"])
            #expect(same.daemons.first?.command == part.daemons.first?.command)
        }
        #expect(
            whole.roles["master"]?.daemons.map(\.name)
                == ["namenode", "resourcemanager", "historyserver"])
        #expect(whole.roles["slave"]?.daemons.map(\.name) == ["datanode", "nodemanager"])
    }

    @Test(arguments: ["hdfs-3", "hadoop-3", "hadoop-1"])
    func `lists that Hadoop is given are there, and who reads them is told`(name: String) throws {
        let master = try #require(try stack(name).roles["master"])
        let values = Set(master.settings.values.flatMap(\.values))
        var used = 0
        for file in master.files {
            guard case .members(let list) = file.content else { continue }
            // Hadoop reads racks by a script; `include` is for who asks for it.
            guard list == .exclude else { continue }
            #expect(values.contains(file.path))
            used += 1
        }
        let told = master.daemons.filter { $0.refresh.contains("-refreshNodes") }
        #expect(used == told.count && used > 0)
        // What computes first: HDFS begins to copy when nothing new comes to the node.
        let order = ["hadoop-3": ["resourcemanager", "namenode"], "hdfs-3": ["namenode"]]
        #expect(master.refreshed.map(\.name) == order[name] ?? ["jobtracker", "namenode"])
        let yarn = told.first { $0.name == "resourcemanager" }?.refresh ?? []
        // Without these it would kill what runs there at once.
        #expect(yarn.isEmpty || yarn.suffix(3) == ["-g", "3600", "-server"])
        #expect(values.contains("${root}/etc/hadoop/rack-of"))
    }

    @Test func `the local cluster's file fits its stack`() throws {
        let cluster = try localCluster
        let stack = try stack(cluster.stack)
        try stack.checkSettings(of: cluster)
        #expect(
            stack.settings(for: "hdfs-site.xml", role: "master", cluster: cluster)[
                "dfs.heartbeat.interval"] == "1")
    }

    @Test func `the JSON Schema knows the keys that the program knows`() throws {
        let schema = try JSONDecoder().decode(
            SchemaNode.self, from: Data(bytes("cluster.schema.json")))
        #expect(schema.keys == Set(ClusterFragment.keys))
        #expect(schema.properties?["repositories"]?.items?.keys == Set(Repository.keys))
        #expect(schema.properties?["storage"]?.items?.keys == Set(Storage.keys))
        let locked = schema.properties?["locked"]?.items?.enum
        #expect(locked == ClusterFragment.keys)
    }
}

/// As much of JSON Schema as is compared.
private final class SchemaNode: Decodable {
    let properties: [String: SchemaNode]?
    let items: SchemaNode?
    let `enum`: [String]?

    var keys: Set<String> { Set((properties ?? [:]).keys) }
}
