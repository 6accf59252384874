import FoundationEssentials
import Glibc
import Host
import PanelAPI
import Support

@testable import LocalCloud

/// A lab of somebody who is not root, driven by the program as that user would.
struct Rootless: Sendable {
    /// `nobody` where the tests are root's.
    static let user: UInt32 = geteuid() == 0 ? 65534 : geteuid()

    static let checkout =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    static let cache = ProcessEnvironment.current["HOWDAH_CACHE"] ?? checkout + "/.build-cache"
    static let rpms = cache + "/hdfs-rpms"
    static let key = cache + "/demo-key"

    static var programs: Programs { Programs.beside(LabUnderTest.program) }

    /// Why it cannot run here; nil if it can. `scripts/test` makes all that it needs.
    static let missing: String? = {
        guard access(rpms + "/hadoop-common-3.3.6-1.noarch.rpm", R_OK) == 0 else {
            return "needs the packages of scripts/build-hdfs-rpms in '\(rpms)'"
        }
        do {
            _ = try Tools.locate(environment: ProcessEnvironment.current)
            try programs.check()
        } catch {
            return "\(error)"
        }
        return nil
    }()

    let home: String
    let bystander: ProcessIdentity
    var folder: StateFolder { StateFolder(path: home + "/lab") }

    /// The only right of root's that is left: to read, for the wrappers' programs. In an instance's
    /// user namespace it does not count.
    static let becomeUser: [String] =
        geteuid() != 0
        ? []
        : [
            "setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups",
            "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",
        ]

    /// Copies and wrappers of all that the lab is given, for a user who may not look below
    /// somebody's private folder.
    private static func fill(_ home: String) async throws {
        let files = Files(root: home)
        try await Command.run("mkdir", ["-p", home + "/bin", home + "/venv/bin"])
        try await Command.run("cp", [programs.howdah, programs.node, home + "/bin"])
        try await Command.run("cp", ["-r", checkout + "/images", home])
        try await Command.run("cp", ["-r", rpms, home + "/rpms"])
        try await Command.run("cp", [key + "/public.asc", home])
        let venv = ProcessEnvironment.current["HOWDAH_VENV"] ?? checkout + "/.build-venv"
        for (name, program) in [
            ("bin/howdah-panel", programs.panel), ("venv/bin/weed", venv + "/bin/weed"),
            ("venv/bin/moto_server", venv + "/bin/moto_server"),
        ] {
            try files.write("#!/bin/sh\nexec '\(program)' \"$@\"\n", to: "/" + name, mode: 0o755)
        }
        try await Command.run(
            programs.howdah, ["repo", "index", "--sign", key + "/secret.asc", home + "/rpms"])
        try await Command.run("chmod", ["-R", "a+rX", home])
        if geteuid() == 0 { try await Command.run("chown", ["-R", "\(user)", home]) }
    }

    static func with(_ body: (Rootless) async throws -> Void) async throws {
        try await withTemporaryDirectory { home in
            try await fill(home)
            let words = becomeUser + ["sleep", "1000"]
            let bystander = try DetachedProcess(
                executable: "/usr/bin/env", arguments: words,
                environment: ["PATH": "/usr/bin:/bin"], log: home + "/bystander.log"
            ).spawn()
            let lab = Rootless(home: home, bystander: bystander)
            do {
                try await body(lab)
            } catch {
                _ = try? await lab.howdah("down")
                _ = await bystander.terminate(grace: .zero)
                throw error
            }
            _ = await bystander.terminate(grace: .zero)
        }
    }
}

extension Rootless {
    @discardableResult
    func howdah(_ words: String...) async throws -> String {
        try await run(words)
    }

    /// Runs a line of shell in a node and gives what it printed.
    func exec(_ node: String, _ line: String) async throws -> String {
        try await run(["exec", node, "--", "sh", "-c", line])
    }

    func view() async throws -> ClusterView {
        let text = try await run(["show", "--json"])
        return try JSONDecoder().decode(ClusterView.self, from: Data(text.utf8))
    }

    private func run(_ words: [String]) async throws -> String {
        let command = Self.becomeUser + [home + "/bin/howdah", "local"] + words
        return try await Command.run(
            "/usr/bin/env", command,
            environment: [
                "HOME": home, "HOWDAH_LOCAL_STATE": folder.path, "HOWDAH_VENV": home + "/venv",
            ], directory: home
        ).output
    }

    func wait(_ what: String, _ isDone: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(90)
        while try await !isDone() {
            guard ContinuousClock.now < end else { throw LabError("waited 90 s for \(what)") }
            try await Task.sleep(for: .milliseconds(250))
        }
    }
}
