import CLinux
import FoundationEssentials
import Glibc
import PackageInstall
import Support
import Testing

/// The power goes at random moments of an installation, and with it what the disk did not have.
/// Whatever is left, the next run ends where an undisturbed one does.
@Suite(.enabled(if: isRoot, "mount(2) and librpm's chroot take root"))
struct PowerCutInstallTests {
    /// CI's number; `scripts/check --crash` sets more.
    static let fewest = 8

    @Test func `a power cut at any moment tears nothing that the next run does not mend`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let cuts = environment["HOWDAH_KILLS"].flatMap { Int($0) } ?? Self.fewest
        let seed =
            environment["HOWDAH_KILL_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0..<1_000_000)
        print("power cuts of an installation: \(cuts), HOWDAH_KILL_SEED=\(seed)")
        var random = SeededGenerator(seed: seed)
        try await withTemporaryDirectory { work in
            let lab = CutInstallation(work: work)
            try await lab.prepare()
            let kinds = CutInstallation.Kind.all
            var spans: [CutInstallation.Kind: Duration] = [:]
            for kind in kinds { spans[kind] = try await lab.undisturbed(kind) }
            for round in 0..<cuts {
                let kind = kinds[round % kinds.count]
                let share = Double.random(in: 0...1.1, using: &random)
                let moment = (spans[kind] ?? .seconds(1)) * share
                try await lab.cut(kind, after: moment, "\(kind), round \(round) of seed \(seed)")
            }
        }
    }
}

/// A root on a disk of its own, and packages that it has not.
struct CutInstallation {
    struct Kind: Hashable, CustomStringConvertible {
        let fileSystem: String
        /// Whether the root has a database already.
        let hasDatabase: Bool
        /// Whether packages of older versions are there.
        let isUpgrade: Bool

        static let all = ["xfs", "ext4"].flatMap { fileSystem in
            [(true, false), (false, false), (true, true)].map {
                Kind(fileSystem: fileSystem, hasDatabase: $0.0, isUpgrade: $0.1)
            }
        }

        var description: String {
            "\(fileSystem)\(hasDatabase ? "" : ", first")\(isUpgrade ? ", upgrade" : "")"
        }
    }

    static let names = (1...8).map { "part\($0)" }

    let work: String
    private var root: String { "\(work)/root" }
    private var bootFile: String { "\(work)/boot" }
    private func disk(_ kind: Kind) -> String { "\(work)/\(kind).disk" }

    private static func package(_ name: String, _ version: String) -> RPMBuilder.Package {
        let before = names.filter { $0 < name }.suffix(1)
        let configuration = "/etc/\(name).conf"
        var package = RPMBuilder.Package(
            name, version: version, requires: before.map { "\($0) = \(version)" },
            files: [
                configuration: "\(name) = \(version)\n",
                "/usr/share/\(name)/data": String(repeating: "\(name) \(version)\n", count: 9_000),
            ],
            sections: """
                %post -p <lua>
                posix.mkdir("/var") posix.mkdir("/var/log")
                local f = io.open("/var/log/scripts", "a")
                f:write("\(name) \(version)\\n") f:close()
                """)
        for index in 0..<20 {
            package.files["/usr/share/\(name)/more/\(index)"] = "\(name) \(version) \(index)\n"
        }
        package.configuration = [configuration]
        return package
    }

    func prepare() async throws {
        let key = try await TestKey.make()
        try writeFile("\(work)/key.asc", Array(key.publicKey.utf8))
        for version in ["1", "2"] {
            let folder = "\(work)/repository\(version)"
            let builder = RPMBuilder(directory: folder)
            for name in Self.names {
                try await builder.build(Self.package(name, version), signedBy: key)
            }
            try await builder.build(RPMBuilder.Package("base"), signedBy: key)
            try await Command.run("createrepo_c", ["--quiet", "--no-database", folder])
            let repository = """
                [acme]
                baseurl=file://\(folder)
                gpgkey=file://\(work)/key.asc
                """
            try writeFile("\(work)/\(version).repo", Array(repository.utf8))
        }
        try await Command.run("mkdir", ["-p", root])
        for kind in Kind.all { try await makeDisk(kind) }
    }

    private func makeDisk(_ kind: Kind) async throws {
        let path = disk(kind)
        try await Command.run("truncate", ["-s", "320M", path])
        try await Command.run("mkfs.\(kind.fileSystem)", ["-q", path])
        guard kind.hasDatabase else { return }
        try await mounted(path) {
            let names = kind.isUpgrade ? Self.names : ["base"]
            let end = try await run(["install", "--repo", "\(work)/1.repo"] + names)
            guard end == .exited(0) else { throw failure("the first installation of \(kind)") }
        }
    }

    /// How long an installation takes.
    func undisturbed(_ kind: Kind) async throws -> Duration {
        try await mounted(try await copy(disk(kind))) {
            let start = ContinuousClock.now
            guard try await run(command(kind)) == .exited(0) else {
                throw failure("an undisturbed installation, \(kind)")
            }
            let elapsed = ContinuousClock.now - start
            try await expectNew(kind, "undisturbed, \(kind)")
            return elapsed
        }
    }

    func cut(_ kind: Kind, after moment: Duration, _ round: String) async throws {
        let first = try await copy(disk(kind))
        try await mounted(first) {
            _ = try await run(command(kind), killedAfter: moment)
            try cutPower()
        }
        let second = try await copy(first)
        try await Command.run("rm", [first])
        try await mounted(second) {
            guard try await run(command(kind)) == .exited(0) else {
                throw failure("the run after the cut, \(round)")
            }
            try await expectNew(kind, round)
        }
        try await Command.run("rm", [second])
    }

    private func command(_ kind: Kind) -> [String] {
        let verb = kind.isUpgrade ? ["upgrade"] : ["install"] + Self.names
        return verb + ["--repo", "\(work)/2.repo"]
    }

    // MARK: - The disk

    /// A file of its own for each mounting: while another test's mount namespace still holds the
    /// one before, mount(8) would take that file system again, as the cut left it.
    private func copy(_ path: String) async throws -> String {
        let copy = "\(work)/\(UUID())"
        try await Command.run("cp", ["--sparse=always", path, copy])
        return copy
    }

    /// Each mounting is a start of the machine.
    private func mounted<Value>(
        _ path: String, _ body: () async throws -> Value
    ) async throws -> Value {
        try await Command.run("mount", ["-o", "loop", path, root])
        try writeFile(bootFile, Array("\(UUID())\n".utf8))
        do {
            let value = try await body()
            try await Command.run("umount", [root])
            return value
        } catch {
            try await Command.run("umount", [root])
            throw error
        }
    }

    private func cutPower() throws {
        let descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(descriptor) }
        guard descriptor >= 0, howdah_shut_filesystem_down(descriptor) == 0 else {
            throw failure("cutting the power: errno \(errno)")
        }
    }

    /// `howdah-node` on a machine whose start has another name.
    private func run(
        _ arguments: [String], killedAfter moment: Duration? = nil
    ) async throws -> KilledProgram.End {
        let script = #"mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@""#
        return try await KilledProgram.run(
            "/usr/bin/unshare",
            ["--mount", "sh", "-c", script, bootFile, KilledProgram.programs + "/howdah-node"]
                + arguments + ["--root", root],
            environment: ProcessInfo.processInfo.environment, logPath: "\(work)/log",
            killedAfter: moment)
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private func failure(_ what: String) -> Failure {
        Failure(
            description: "\(what) failed: "
                + String(decoding: readFile("\(work)/log") ?? [], as: UTF8.self))
    }

    // MARK: - What has to be there

    private func expectNew(_ kind: Kind, _ round: String) async throws {
        let whole = try await rpm(["--verifydb"], program: "rpmdb")
        #expect(whole.exitCode == 0, "\(round): \(whole.output)")
        let list = try await rpm(["-qa", "--qf", "%{NAME} %{VERSION}\\n"])
        let expected = Self.names.map { "\($0) 2" }
        let found = list.output.split(separator: "\n").map(String.init)
        #expect(found.filter { !$0.hasPrefix("base") }.sorted() == expected.sorted(), "\(round)")
        // Files as they were packed, configuration among them.
        let verify = try await rpm(["-V", "--nodeps"] + Self.names)
        #expect(verify.exitCode == 0, "\(round): \(verify.output)")
        let scripts = String(decoding: readFile("\(root)/var/log/scripts") ?? [], as: UTF8.self)
        for line in expected { #expect(scripts.contains("\(line)\n"), "\(round): \(line)") }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/etc")
        #expect(!names.contains { $0.contains(".rpm") }, "\(round): \(names)")
    }

    private func rpm(
        _ arguments: [String], program: String = "rpm"
    ) async throws -> Command.Output {
        try await Command.run(
            program, ["--root", root, "--dbpath", "/var/lib/rpm"] + arguments, mayFail: true)
    }
}
