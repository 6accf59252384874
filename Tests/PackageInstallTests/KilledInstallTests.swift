import FoundationEssentials
import Glibc
import PackageInstall
import Support
import Testing

/// `howdah-node` is killed at random moments of an upgrade. Whatever is left, the database is
/// whole, and the same command run again ends where an undisturbed one does.
@Suite(.enabled(if: isRoot, "librpm calls chroot, which takes root"))
struct KilledInstallTests {
    /// CI's number; `scripts/check --crash` sets more.
    static let fewest = 15

    @Test func `kill -9 at any moment leaves a database that is whole, and the next run finishes`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let kills = environment["HOWDAH_KILLS"].flatMap { Int($0) } ?? Self.fewest
        let seed =
            environment["HOWDAH_KILL_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0..<1_000_000)
        print("kill -9 of an upgrade: \(kills) times, HOWDAH_KILL_SEED=\(seed)")
        var random = SeededGenerator(seed: seed)
        try await KilledUpgrade.with { upgrade in
            let whole = try await upgrade.undisturbed()
            for round in 1...kills {
                let moment = Double.random(in: 0...1.1, using: &random)
                try await upgrade.kill(after: whole * moment, round: "\(round) of seed \(seed)")
            }
        }
    }
}

/// A set of packages with scripts that is upgraded from 1 to 2, again and again.
struct KilledUpgrade {
    static let count = 12
    static let names = (1...count).map { "part\($0)" }

    let work: String
    private var old: String { "\(work)/old" }
    private var root: String { "\(work)/root" }
    private var scriptLog: String { "\(root)/var/log/scripts" }

    /// Lua needs no program in the root.
    private static func package(_ name: String, _ version: String) -> RPMBuilder.Package {
        let others = names.filter { $0 < name }.suffix(1)
        return RPMBuilder.Package(
            name, version: version, requires: others.map { "\($0) = \(version)" },
            files: [
                "/usr/share/\(name)/version": "\(version)\n",
                "/usr/share/\(name)/data": String(repeating: "\(name) \(version)\n", count: 20_000),
                "/usr/share/\(name)/only-\(version)": "x\n",
            ],
            sections: """
                %post -p <lua>
                posix.mkdir("/var") posix.mkdir("/var/log")
                local f = io.open("/var/log/scripts", "a")
                f:write("\(name) \(version)\\n") f:close()
                """)
    }

    static func with(_ body: (KilledUpgrade) async throws -> Void) async throws {
        try await withTemporaryDirectory { work in
            let upgrade = KilledUpgrade(work: work)
            try await upgrade.prepare()
            try await body(upgrade)
        }
    }

    private func prepare() async throws {
        let key = try await TestKey.make()
        try write(key.publicKey, to: "\(work)/key.asc")
        for version in ["1", "2"] {
            let folder = "\(work)/repository\(version)"
            let builder = RPMBuilder(directory: folder)
            for name in Self.names {
                try await builder.build(Self.package(name, version), signedBy: key)
            }
            try await Command.run("createrepo_c", ["--quiet", "--no-database", folder])
            try write(
                """
                [acme]
                baseurl=file://\(folder)
                gpgkey=file://\(work)/key.asc
                """, to: "\(work)/\(version).repo")
        }
        try await Command.run("mkdir", ["-p", old])
        let arguments = ["install", "--repo", "\(work)/1.repo", "--root", old] + Self.names
        let end = try await run(arguments, killedAfter: nil)
        guard end == .exited(0) else { throw failure("the first installation") }
    }

    /// How long an upgrade takes.
    func undisturbed() async throws -> Duration {
        try await reset()
        let start = ContinuousClock.now
        guard try await run(command, killedAfter: nil) == .exited(0) else {
            throw failure("an undisturbed upgrade")
        }
        let elapsed = ContinuousClock.now - start
        try await expectNew("undisturbed")
        return elapsed
    }

    func kill(after moment: Duration, round: String) async throws {
        try await reset()
        _ = try await run(command, killedAfter: moment)
        try await expectWholeDatabase(round)
        guard try await run(command, killedAfter: nil) == .exited(0) else {
            throw failure("the run after the kill, round \(round)")
        }
        try await expectWholeDatabase(round)
        try await expectNew(round)
        let last = try TransactionHistory(root: root).records().last?.result
        #expect(last == .done || last == .finishedLater, "round \(round)")
    }

    private var command: [String] {
        ["upgrade", "--repo", "\(work)/2.repo", "--root", root]
    }

    private func reset() async throws {
        try await Command.run("rm", ["-rf", root])
        try await Command.run("cp", ["-a", old, root])
    }

    private func run(
        _ arguments: [String], killedAfter moment: Duration?
    ) async throws -> KilledProgram.End {
        try await KilledProgram.run(
            KilledProgram.programs + "/howdah-node", arguments,
            environment: ProcessInfo.processInfo.environment, logPath: "\(work)/log",
            killedAfter: moment)
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private func failure(_ what: String) -> Failure {
        let log = (try? String(contentsOfFile: "\(work)/log", encoding: .utf8)) ?? ""
        return Failure(description: "\(what) failed: \(log)")
    }

    private func expectWholeDatabase(_ round: String) async throws {
        let result = try await rpm(["--verifydb"], program: "rpmdb")
        #expect(result.exitCode == 0, "round \(round): \(result.output)")
    }

    /// Each package once, in the new version, with its files as they were packed, and its
    /// script run.
    private func expectNew(_ round: String) async throws {
        let list = try await rpm(["-qa", "--qf", "%{NAME} %{VERSION}\\n"])
        let expected = Self.names.map { "\($0) 2" }.sorted()
        #expect(
            list.output.split(separator: "\n").map(String.init).sorted() == expected, "\(round)")
        let verify = try await rpm(["-V", "--nodeps"] + Self.names)
        #expect(verify.exitCode == 0, "round \(round): \(verify.output)")
        let scripts = try String(contentsOfFile: scriptLog, encoding: .utf8).split(separator: "\n")
        for line in expected { #expect(scripts.contains(Substring(line)), "\(round): \(line)") }
        for name in Self.names {
            let stale = "\(root)/usr/share/\(name)/only-1"
            #expect(!FileManager.default.fileExists(atPath: stale), "\(round): \(stale)")
        }
    }

    private func rpm(
        _ arguments: [String], program: String = "rpm"
    ) async throws -> Command.Output {
        try await Command.run(
            program, ["--root", root, "--dbpath", "/var/lib/rpm"] + arguments, mayFail: true)
    }
}
