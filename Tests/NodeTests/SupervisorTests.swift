import ConfigFiles
import Glibc
import Host
import Support
import Testing

@testable import Node

/// What is expected of whoever keeps daemons, systemd or howdah-node itself.
struct SupervisorLab: Sendable {
    let supervisor: any DaemonSupervisor
    /// As this process sees the machine's files.
    let files: Files
    let isSystemd: Bool

    func program(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) -> DaemonProgram {
        DaemonProgram(
            name: "tiny", command: ["/bin/sh", "-c", script, "sh"] + arguments, user: nil,
            shared: ["PATH": "/usr/bin:/bin"], environment: environment, workingDirectory: "/",
            log: isSystemd ? "/tiny.log" : files.root + "/tiny.log", mounts: [], after: [],
            stopDeadline: .seconds(2))
    }

    func start(_ program: DaemonProgram, _ inputs: String = "one") async throws -> RunningDaemon {
        try await supervisor.start(
            program, inputs: inputs, words: LogTail(files.root + "/tiny.log"))
    }

    func said() -> String { (try? files.text("/tiny.log")) ?? "" }

    /// Waits until the log holds what `isIt` looks for.
    func says(_ isIt: @escaping @Sendable (String) -> Bool) async throws {
        _ = try await poll(
            every: .milliseconds(20), for: .seconds(300), clock: ContinuousClock(),
            what: "the log to say it, not '\(said())'"
        ) { isIt(said()) ? true : nil as Bool? }
    }

    static func withProcesses(_ body: (SupervisorLab) async throws -> Void) async throws {
        try await withTemporaryDirectory { root in
            let files = Files(root: root)
            let supervisor = ProcessSupervisor(
                store: StateStore(files: files), instanceID: "i-1", proc: "/proc",
                bootID: "this")
            try await body(SupervisorLab(supervisor: supervisor, files: files, isSystemd: false))
            try await supervisor.stop("tiny", grace: .seconds(2))
        }
    }

    static func withUnits(
        _ body: (SupervisorLab, BootedContainer) async throws -> Void
    ) async throws {
        try await BootedContainer.with(tree: ContainerTree.base.path()) { container in
            try await container.start()
            let root = "/proc/\(await container.firstProcess)/root"
            let systemd = Systemd(
                paths: HostPaths(root: root), command: await container.entry)
            let files = Files(root: root)
            let supervisor = UnitSupervisor(systemd: systemd, files: files)
            let lab = SupervisorLab(supervisor: supervisor, files: files, isSystemd: true)
            try await body(lab, container)
        }
    }
}

@Suite struct SupervisorTests {
    /// All of it in one go: a container takes a second to start.
    static func expectations(_ lab: SupervisorLab) async throws {
        let supervisor = lab.supervisor
        #expect(try await supervisor.running("tiny") == nil)
        try await supervisor.stop("tiny", grace: .seconds(1))

        let odd = [
            "", " a  b ", "100%", "%n%H", "$HOME", "${HOME}", ";", "\"", "'", "back\\slash\\",
            "two\nlines\tand a tab", "é\u{1}", "-x", "#", "{a,b}", "*",
        ]
        let script = "printf '<%s>' \"$@\" \"$ODD\"; printf .; exec sleep 600"
        let value = "v %h $PATH \"q\" \\ ;\nnext"
        let first = try await lab.start(lab.program(script, odd, environment: ["ODD": value]))
        try await lab.says { $0.hasSuffix(".") }
        #expect(lab.said() == odd.map { "<\($0)>" }.joined() + "<\(value)>.")
        #expect(try await first.ending() == nil)

        let found = try #require(try await supervisor.running("tiny"))
        #expect(found.inputs == "one")
        #expect(try await found.ending() == nil)

        try await supervisor.stop("tiny", grace: .seconds(2))
        #expect(try await supervisor.running("tiny") == nil)
        #expect(try await first.ending()?.hasPrefix("it ended") == true)

        #expect(try await giveUp(lab).contains("ended"))
        try await lab.says { $0.hasSuffix("giving up\n") }
        try await supervisor.stop("tiny", grace: .seconds(1))

        var missing = lab.program("")
        missing.command = ["/usr/bin/no-such-program"]
        await #expect(throws: DaemonError.self) { try await lab.start(missing) }
        #expect(try await supervisor.running("tiny") == nil)

        _ = try await lab.start(lab.program("trap '' TERM; echo deaf; while :; do sleep 1; done"))
        try await lab.says { $0.hasSuffix("deaf\n") }
        try await supervisor.stop("tiny", grace: .seconds(2))
        #expect(try await supervisor.running("tiny") == nil)
    }

    /// Starts one that ends at once, which may be seen while it is started or after.
    static func giveUp(_ lab: SupervisorLab) async throws -> String {
        do {
            let daemon = try await lab.start(lab.program("echo giving up; exit 3"), "two")
            return try await poll(
                every: .milliseconds(20), for: .seconds(300), clock: ContinuousClock(),
                what: "its end"
            ) { try await daemon.ending() }
        } catch let error as DaemonError {
            return error.reason
        }
    }

    @Test func `processes of ours are kept as daemons are to be kept`() async throws {
        try await SupervisorLab.withProcesses { try await Self.expectations($0) }
    }

    // Needs root and a tree to boot.
    @Test(.enabled(if: ContainerTree.whyNot == nil))
    func `units of systemd are kept as daemons are to be kept`() async throws {
        try await SupervisorLab.withUnits { lab, _ in try await Self.expectations(lab) }
    }

    // Needs root and a tree to boot.
    @Test(.enabled(if: ContainerTree.whyNot == nil))
    func `a daemon that crashes is started again by systemd, one that is ended is not`()
        async throws
    {
        try await SupervisorLab.withUnits { lab, container in
            let daemon = try await lab.start(lab.program("echo up $$; exec sleep 600"))
            try await lab.says { $0.hasPrefix("up") }
            #expect(try await container.show("Slice", of: "howdah-tiny.service") == "howdah.slice")
            let unit = Systemd.unitFolder + "/howdah-tiny.service"
            let verdict = try await container.run("systemd-analyze", "verify", "--man=no", unit)
            #expect(verdict.errors + verdict.output == "")
            let main = try await container.show("MainPID", of: "howdah-tiny.service")
            try await container.run("kill", "-KILL", main)
            try await lab.says { $0.split(separator: "\n").count == 2 }
            #expect(try await daemon.ending() != nil)
            #expect(try await lab.supervisor.running("tiny")?.ending() == nil)
            // As an operator does it.
            try await container.systemctl(["stop", "howdah-tiny.service"])
            #expect(try await lab.supervisor.running("tiny") == nil)
            // Another program: the unit is read again. The same one: it is not.
            _ = try await lab.start(lab.program("echo other; exec sleep 600"))
            try await lab.says { $0.hasSuffix("other\n") }
            try await container.powerOff()
            try await container.start()
            let root = "/proc/\(await container.firstProcess)/root"
            #expect(!Files(root: root).exists(unit))
        }
    }

    // Needs root and a tree to boot.
    @Test(.enabled(if: ContainerTree.whyNot == nil))
    func `a long command that ended stays ended, and none goes on beyond its limit`()
        async throws
    {
        try await SupervisorLab.withUnits { lab, container in
            let units = try #require(lab.supervisor as? UnitSupervisor)
            let once = OnceSupervisor(
                systemd: units.systemd, files: lab.files, limit: .seconds(3), good: [3])
            let (unit, words) = ("howdah-tiny.service", LogTail(lab.files.root + "/tiny.log"))
            func start(_ script: String) async throws {
                _ = try await once.start(lab.program(script), inputs: "", words: words)
            }
            try await start("echo ends; sleep 1; exit 3")
            try await lab.says { $0 == "ends\n" }
            _ = try await poll(
                every: .milliseconds(20), for: .seconds(60), clock: ContinuousClock(),
                what: "its end"
            ) { try await once.running("tiny") == nil ? true : nil as Bool? }
            #expect(try await container.show("Restart", of: unit) == "no")
            #expect(try await container.show("Result", of: unit) == "success")
            #expect(try await container.show("NRestarts", of: unit) == "0")
            let verdict = try await container.run(
                "systemd-analyze", "verify", "--man=no", Systemd.unitFolder + "/" + unit)
            #expect(verdict.errors + verdict.output == "")
            try await start("echo long; exec sleep 600")
            #expect(try await once.running("tiny") != nil)
            _ = try await poll(
                every: .milliseconds(100), for: .seconds(60), clock: ContinuousClock(),
                what: "its limit"
            ) { try await once.running("tiny") == nil ? true : nil as Bool? }
            #expect(try await container.show("Result", of: unit) == "timeout")
            try await start("echo again; exec sleep 600")
            try await once.stop("tiny", grace: .seconds(2))
            #expect(try await once.running("tiny") == nil)
        }
    }
}
