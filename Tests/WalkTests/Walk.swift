import FoundationEssentials
import Glibc
import PanelAPI
import Support

/// A lab of `howdah local` in a folder of its own, driven by the programs as a person would.
struct Walk: Sendable {
    let state: String

    /// Where the build put this test and the programs.
    static let programs: String = {
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = path.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? 0
            }
        }
        let executable = String(decoding: path.prefix(max(0, length)), as: UTF8.self)
        return "/" + executable.split(separator: "/").dropLast().joined(separator: "/")
    }()

    /// Namespaces, loop devices and mounts are root's.
    static var isPossible: Bool { geteuid() == 0 && Checkout.missingHDFSPackages == nil }

    /// Booted containers need images, and these howdah-node as `scripts/build-node` makes it.
    static var isContainerPossible: Bool {
        geteuid() == 0 && access(Checkout.nodeProgram, X_OK) == 0
            && ["systemd-nspawn", "mmdebstrap", "lxcfs"].allSatisfy { Command.exists($0) }
    }

    @discardableResult
    func howdah(_ words: String..., mayFail: Bool = false) async throws -> Command.Output {
        try await howdah(words, mayFail: mayFail)
    }

    @discardableResult
    func howdah(_ words: [String], mayFail: Bool = false) async throws -> Command.Output {
        try await Command.run(
            Self.programs + "/howdah", words,
            environment: [
                "HOWDAH_LOCAL_STATE": state,
                "HOWDAH_CACHE": Checkout.cache,
                "HOWDAH_VENV": Checkout.pythonEnvironment,
            ],
            directory: Checkout.root, mayFail: mayFail)
    }

    /// A lab of `cluster`, a cluster file, and of the packages of a folder, while `body` lasts.
    static func whole(
        cluster: String, packages: String, slaves: Int, _ body: (Walk) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let walk = Walk(state: folder + "/lab")
            let file = folder + "/cluster.yaml"
            try Data(cluster.utf8).write(to: URL(filePath: file))
            try await walk.howdah(
                "repo", "index", "--sign", Checkout.demoKey + "/secret.asc", packages)
            do {
                try await walk.howdah(
                    "local", "up", "--light", "--slaves", String(slaves), "--cluster-file", file,
                    "--repository", packages, "--key", Checkout.demoKey + "/public.asc")
                try await body(walk)
            } catch {
                _ = try? await walk.howdah("local", "down")
                throw error
            }
            try await walk.howdah("local", "down")
        }
    }

    /// Runs a command inside a node and gives what it printed.
    func on(_ node: String, _ words: String..., mayFail: Bool = false) async throws -> String {
        let arguments = ["local", "exec", node, "--"] + words
        return try await Command.run(
            Self.programs + "/howdah", arguments,
            environment: ["HOWDAH_LOCAL_STATE": state], mayFail: mayFail
        ).output
    }

    /// Where the host reaches the panel.
    func panel() async throws -> String {
        struct Status: Decodable {
            struct Endpoints: Decodable { var panel: String }
            var endpoints: Endpoints
        }
        let text = try await howdah("local", "status", "--json").output
        return try JSONDecoder().decode(Status.self, from: Data(text.utf8)).endpoints.panel
    }

    struct Node: Decodable {
        var name: String
        var instance: String
        var address: String
    }

    func node(_ name: String) async throws -> Node {
        struct Status: Decodable { var nodes: [Node] }
        let text = try await howdah("local", "status", "--json").output
        let nodes = try JSONDecoder().decode(Status.self, from: Data(text.utf8)).nodes
        guard let node = nodes.first(where: { $0.name == name }) else {
            throw WalkFailure(description: "no node '\(name)' in \(text)")
        }
        return node
    }

    /// The lab's id, which is in the names of its namespaces.
    func lab() throws -> String {
        struct Lab: Decodable { var id: String }
        let text = try Data(contentsOf: URL(filePath: state + "/lab.json"))
        return try JSONDecoder().decode(Lab.self, from: text).id
    }

    func view() async throws -> ClusterView {
        let text = try await howdah(
            "cluster", "show", "--json", "--panel", try await panel(),
            "--token-file", state + "/services/panel/operator-token"
        ).output
        return try JSONDecoder().decode(ClusterView.self, from: Data(text.utf8))
    }

    /// Asks until the answer fits; gives the last answer either way, so that the test shows it.
    func view(
        within limit: Duration, until fits: (ClusterView) -> Bool
    ) async throws -> ClusterView {
        let end = ContinuousClock.now + limit
        var answer = try await view()
        while !fits(answer), ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(500))
            answer = try await view()
        }
        return answer
    }
}

/// What a lab has on the machine: its namespaces, loop devices, mounts and processes. Other tests
/// have theirs at the same time.
struct Traces: Equatable {
    var namespaces: [String] = []
    var loopDevices: [String] = []
    var mounts: [String] = []
    var processes: [String] = []
    var groups: [String] = []

    static func of(lab id: String, state: String) async throws -> Traces {
        func lines(_ text: String, with word: String) -> [String] {
            text.split(separator: "\n").filter { $0.contains(word) }.map { String($0) }
        }
        let devices = try await Command.run("losetup", ["-l", "-n", "-O", "BACK-FILE"]).output
        let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        return Traces(
            namespaces: lines(
                try await Command.run("ip", ["netns", "list"]).output, with: "howdah-\(id)-"),
            loopDevices: lines(devices, with: state), mounts: lines(mounts, with: state),
            processes: lines(
                try await Command.run("ps", ["-eo", "pid,args"]).output, with: state + "/"),
            groups: lines(
                try await Command.run(
                    "find", ["/sys/fs/cgroup", "-maxdepth", "2", "-type", "d"]
                ).output, with: "howdah-\(id)-"))
    }
}
