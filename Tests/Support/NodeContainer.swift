internal import Glibc

/// A systemd container with our units and the howdah-node of this build, and what its cloud would
/// tell it.
public enum NodeContainer {
    /// Beside the tests' own program, or where `swift test`, which has a helper run them, builds.
    public static let program: String = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let own = String(
            decoding: path.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let beside = own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/howdah-node"
        return access(beside, X_OK) == 0 ? beside : Checkout.root + "/.build/debug/howdah-node"
    }()

    /// Why there can be none here; nil where there can.
    public static let whyNot: String? =
        ContainerTree.whyNot
        ?? (access(program, X_OK) == 0 ? nil : "no '\(program)': build the product howdah-node")

    /// Not started yet. The boot is not enabled. `readOnly`: more that is bound into it.
    public static func with(
        readOnly: [String] = [], _ body: (BootedContainer) async throws -> Void
    ) async throws {
        // A build for development finds Swift's runtime where the toolchain is.
        let linked = try await Command.run("ldd", [program]).output
        let runtime = linked.split(separator: "\n").compactMap { line -> Substring? in
            guard line.contains("libswiftCore.so"),
                let path = line.split(separator: " ").dropFirst(2).first
            else { return nil }
            return path.dropLast("/libswiftCore.so".count)
        }
        let binds = ["\(program):/usr/bin/howdah-node"] + runtime.map(String.init) + readOnly
        try await BootedContainer.with(tree: ContainerTree.base.path(), readOnly: binds) {
            container in
            for unit in ["howdah-boot.service", "howdah-agent.service"] {
                let text = readFile("\(Checkout.root)/packaging/systemd/\(unit)") ?? []
                try container.put(
                    String(decoding: text, as: UTF8.self), at: "/usr/lib/systemd/system/\(unit)")
            }
            try container.put(cluster, at: "/etc/howdah/cluster.yaml")
            try container.put(stack, at: "/usr/share/howdah/stacks/tiny.yaml")
            try await body(container)
        }
    }

    static let cluster = """
        howdah: 1
        cluster: herd
        panel: http://127.0.0.1:8443
        stack: tiny

        """

    static let stack = """
        stack: 1
        name: tiny
        master: master
        common: {packages: []}
        roles:
          master: {packages: []}
          slave: {packages: []}

        """

    /// The metadata service, or the panel; it runs until the container is removed or it is stopped.
    /// `words`: what follows the part for cloud.py, which says what it means.
    public static func serve(
        _ part: String, _ words: [String] = [], in container: BootedContainer
    ) async throws -> ServerProcess {
        let script = Checkout.root + "/Tests/Fixtures/cloud/cloud.py"
        return try await container.serve("/usr/bin/python3", [script, part] + words)
    }

    /// The same of answers that files of a folder change while it runs.
    public static func serve(
        _ part: String, in container: BootedContainer, changedBy folder: String
    ) async throws -> ServerProcess {
        let script = Checkout.root + "/Tests/Fixtures/cloud/changing.py"
        return try await container.serve(
            "/usr/bin/env", ["HOWDAH_CLOUD=\(folder)", "/usr/bin/python3", script, part])
    }
}
