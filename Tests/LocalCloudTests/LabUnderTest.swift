import Glibc
import Host
import Support

@testable import LocalCloud

/// A real lab in a folder of its own, with stand-ins for the node's program and the panel.
struct LabUnderTest: Sendable {
    let folder: StateFolder
    let bin: String
    let howdah: String

    /// Why no lab can run here; nil if one can.
    static let missing: String? = {
        if geteuid() != 0 { return "needs root" }
        do {
            _ = try Tools.locate(environment: ProcessEnvironment.current)
        } catch {
            return "\(error)"
        }
        return Tools.isExecutable(program) ? nil : "no '\(program)': build the product howdah"
    }()

    /// `howdah` beside the tests' own program.
    static var program: String {
        let own = AbsolutePath.of("/proc/self/exe")
        let folder = own.lastIndex(of: "/").map { own[..<$0] } ?? "."
        let beside = "\(folder)/howdah"
        // `swift test` runs the tests by a helper of the toolchain's: then by the working folder.
        return Tools.isExecutable(beside) ? beside : AbsolutePath.of(".build/debug/howdah")
    }

    static let node = """
        #!/bin/sh
        root=$3
        case $1 in
        boot)
            printf '127.0.0.1 localhost\\n10.77.0.11 master\\n' >$root/etc/hosts.new
            mv $root/etc/hosts.new $root/etc/hosts
            cat /etc/hosts >$root/hosts-seen
            hostname >$root/name-seen
            sleep 1000 &
            echo booted >>$root/boots ;;
        agent) echo started >>$root/agents; while :; do sleep 1; done ;;
        esac

        """

    /// Answers every request with 200.
    static func panel(_ venv: String) -> String {
        """
        #!/bin/sh
        [ "$1" = serve ] || exit 0
        exec \(venv)/bin/python -c '
        from http.server import BaseHTTPRequestHandler, HTTPServer
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
        HTTPServer(("10.77.0.1", 8443), Handler).serve_forever()
        '

        """
    }

    static func with(_ body: (LabUnderTest) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let venv = ProcessEnvironment.current["HOWDAH_VENV"] ?? "/usr"
            let files = Files(root: directory)
            try files.makeDirectory("/bin/stacks")
            try files.write(node, to: "/bin/howdah-node", mode: 0o755)
            try files.write(panel(venv), to: "/bin/howdah-panel", mode: 0o755)
            try files.write("howdah: 1\npanel: http://x\n", to: "/bin/cluster.yaml")
            let lab = LabUnderTest(
                folder: StateFolder(path: directory + "/state"), bin: directory + "/bin",
                howdah: program)
            do {
                try await body(lab)
            } catch {
                try? await lab.down()
                throw error
            }
            try await lab.down()
        }
    }

    var upArguments: [String] { upArguments(["--slaves", "0", "--light"]) }

    func upArguments(_ form: [String]) -> [String] {
        [
            "local", "up", "--no-wait", "--state", folder.path, "--node-bin",
            bin + "/howdah-node", "--panel-bin", bin + "/howdah-panel", "--cluster-file",
            bin + "/cluster.yaml", "--stacks", bin + "/stacks",
        ] + form
    }

    func up() async throws { try await Command.run(howdah, upArguments) }

    /// Booted containers, from a tree that has no howdah-node.
    func bootContainers(_ arguments: [String]) async throws {
        let tree = try await ContainerTree.base.path()
        for role in ["master", "slave"] {
            let files = Files(root: bin + "/images/" + role)
            try files.makeDirectory("/")
            try files.symlink("/root", to: tree)
        }
        try await Command.run(howdah, upArguments(["--images", bin + "/images"] + arguments))
    }

    func down() async throws {
        try await Command.run(howdah, ["local", "down", "--state", folder.path])
    }

    func exec(_ words: [String]) async throws -> String {
        try await exec("master", words)
    }

    func exec(_ node: String, _ words: [String]) async throws -> String {
        try await Command.run(
            howdah, ["local", "exec", "--state", folder.path, node, "--"] + words
        ).output
    }

    func root() throws -> Files {
        let id = try InstanceStore(folder: folder).find("master").id
        return Files(root: folder.inside(InstanceStore.rootPath(id)))
    }

    /// What of a lab there is on the machine: namespaces, loop devices, mounts, processes.
    func traces(_ lab: String, storage: [String] = []) async throws -> [String] {
        let spaces = try await Command.run("ip", ["netns", "list"]).output
        let loops = try await Command.run("losetup", ["--list", "--output", "BACK-FILE"]).output
        let mounts = try Files(root: "/proc").text("/self/mountinfo")
        let lines = [spaces, loops, mounts].flatMap { $0.split(whereSeparator: \.isNewline) }
        let found = lines.filter { $0.contains("howdah-\(lab)") || $0.contains(folder.path) }
        let sockets = try Files().list("/tmp").filter { $0.hasPrefix("seaweedfs-") }
            .filter { name in storage.contains { $0 == "/tmp/" + name } }
        let groups = try ControlGroupFolders.named("howdah-\(lab)")
        return found.map(String.init) + sockets + groups + Mark.find(lab: lab).map(\.description)
    }

    func wait(_ what: String, _ isDone: () throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try !isDone() {
            guard ContinuousClock.now < end else { throw LabError("waited 60 s for \(what)") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

/// Control groups that are there, found without the code that makes them.
enum ControlGroupFolders {
    static func named(_ prefix: String) throws -> [String] {
        let root = Files(root: "/sys/fs/cgroup")
        let hierarchies = try root.list("/").filter { root.isDirectory("/" + $0) }
        return try hierarchies.flatMap { folder in
            try root.list("/" + folder).map { "\(folder)/\($0)" } + [folder]
        }.filter { $0.split(separator: "/").last?.hasPrefix(prefix) == true }
    }
}
