import FoundationEssentials
import Glibc
import LocalCloud
import Support

/// A lab whose slaves are started, cut off and compared: booted containers and the stack `tally`.
struct PowerCutLab: Sendable {
    static let bootLimit = Duration.seconds(120)
    static let watchPause = Duration.milliseconds(1)
    static let maximumLooks = 10
    static let lookPause = Duration.milliseconds(300)

    let walk: Walk
    let operations: LabOperations
    /// Seconds since 1970 that nothing in an image is younger than.
    let epoch: Int

    /// Builds packages and images, starts the lab with a master, and takes it down afterwards.
    static func with(_ body: (PowerCutLab) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let walk = Walk(state: folder + "/lab")
            let fixture = Checkout.root + "/Tests/Fixtures/power-cut"
            try await TestKey.with { key in
                try await PowerCutPackages.build(in: folder + "/rpms", signedBy: key)
                try write(key.publicKey, to: folder + "/public.asc")
                try write(key.secretKey, to: folder + "/secret.asc")
                try await walk.howdah(
                    "repo", "index", "--sign", folder + "/secret.asc", folder + "/rpms")
            }
            let images = try await builtImages(walk, folder, fixture)
            do {
                try await walk.howdah(
                    "local", "up", "--slaves", "0", "--repository", folder + "/rpms",
                    "--key", folder + "/public.asc", "--images", images)
                let operations = LabOperations(folder: StateFolder(path: walk.state))
                try await body(
                    PowerCutLab(
                        walk: walk, operations: operations,
                        epoch: try epoch(of: images + "/slave")))
            } catch {
                _ = try? await walk.howdah("local", "down")
                throw error
            }
            try await walk.howdah("local", "down")
        }
    }

    private static func builtImages(
        _ walk: Walk, _ folder: String, _ fixture: String
    ) async throws -> String {
        for role in ["master", "slave"] {
            try await walk.howdah(
                "image", "build", "images/roles/" + role,
                "--output", "\(folder)/images/\(role)",
                "--set", "node=" + Checkout.nodeProgram,
                "--set", "cluster-file=\(fixture)/cluster.yaml",
                "--set", "stacks=\(fixture)/stacks", "--set", "key=\(folder)/public.asc")
        }
        return folder + "/images"
    }

    private static func epoch(of image: String) throws -> Int {
        struct Image: Decodable { var epoch: Int }
        let data = try Data(contentsOf: URL(filePath: image + "/image.json"))
        return try JSONDecoder().decode(Image.self, from: data).epoch
    }

    private static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// Starts a slave, cuts its power at that moment, lets it boot, and gives what it is then.
    func boot(_ name: String, cut: PowerCut) async throws -> NodeTree {
        try await operations.launch(name)
        try await wait(for: cut, name)
        try await operations.cutPower(name)
        try await operations.reboot(name)
        _ = try await booted(name)
        let tree = try await tree(name)
        try await operations.terminate(name)
        return tree
    }

    /// The state of a boot that has ended, once the agent runs too.
    func booted(_ name: String) async throws -> BootStatus {
        let end = ContinuousClock.now + Self.bootLimit
        while ContinuousClock.now < end {
            if let status = BootStatus.read(try operations.rootFolder(of: name)),
                status.stage != "running"
            {
                let agent = try await walk.on(
                    name, "systemctl", "is-active", "howdah-agent", mayFail: true)
                if agent.hasPrefix("active") { return status }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = try await walk.howdah("local", "logs", name, mayFail: true).output
        throw WalkFailure(
            description: "\(name) did not boot within \(Self.bootLimit): \(log.suffix(3000))")
    }

    /// What the node's files, mounts, packages and units are. Other nodes come and go, and the
    /// agent writes /etc/hosts anew for them: a file of which that is being done is looked at
    /// again. One that a cut left stays, and is told.
    func tree(_ name: String) async throws -> NodeTree {
        for _ in 1..<Self.maximumLooks {
            let tree = try await look(name)
            if !tree.hasUnfinishedWrites { return tree }
            try await Task.sleep(for: Self.lookPause)
        }
        return try await look(name)
    }

    private func look(_ name: String) async throws -> NodeTree {
        let printed = try await walk.on(name, "sh", "-c", NodeTree.script(epoch: epoch))
        let root = try operations.rootFolder(of: name) ?? ""
        let packages = try await withTemporaryDirectory { copy in
            try await Command.run("cp", ["-r", root + "/var/lib/rpm", copy])
            return try await Command.run("rpm", ["-qa", "--dbpath", copy + "/rpm"]).output
        }.split(separator: "\n").map(String.init)
        let node = try await walk.node(name)
        let status = BootStatus.read(root)
        return try NodeTree(
            printed: printed, packages: packages, outcome: status?.stage ?? "none",
            names: [
                (node.instance, "INSTANCE"), (name, "NODE"), (node.address, "ADDRESS"),
                ("ip-" + node.address.replacing(".", with: "-"), "HOST"),
            ])
    }

    private func wait(for cut: PowerCut, _ name: String) async throws {
        let start = ContinuousClock.now
        if case .at(let time) = cut { return try await Task.sleep(for: .milliseconds(time)) }
        while ContinuousClock.now < start + Self.bootLimit {
            if let status = BootStatus.read(try operations.rootFolder(of: name)),
                status.has(cut) || status.stage != "running"
            {
                return
            }
            try await Task.sleep(for: Self.watchPause)
        }
        throw WalkFailure(description: "\(name) did not come to the cut \(cut)")
    }
}

struct WalkFailure: Error, CustomStringConvertible {
    let description: String
}

/// As much of a node's `status.json` as tells how far its boot is.
struct BootStatus: Decodable {
    struct Step: Decodable { var name: String }

    var stage: String
    var seconds: Double
    var steps: [Step]
    var current: [String]

    /// Nil while there is none, and where there is no power.
    static func read(_ root: String?) -> BootStatus? {
        guard let root,
            let data = try? Data(
                contentsOf: URL(filePath: root + "/var/lib/howdah/status.json"))
        else { return nil }
        return try? JSONDecoder().decode(BootStatus.self, from: data)
    }

    func has(_ cut: PowerCut) -> Bool {
        switch cut {
        case .begin(let step): current.contains(step) || steps.contains { $0.name == step }
        case .end(let step): steps.contains { $0.name == step }
        case .at: false
        }
    }
}
