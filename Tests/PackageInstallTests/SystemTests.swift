import FoundationEssentials
import Glibc
import Host
import RPM
import Solver
import Support
import Synchronization
import Testing
import Transfer

@testable import PackageInstall

/// Packages of other kinds than the samples, in a repository of their own.
private struct OwnRepository {
    let work: String
    var root: String { "\(work)/root" }
    var folder: String { "\(work)/repository" }

    static func with(
        _ packages: [RPMBuilder.Package], _ body: (OwnRepository) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { work in
            let repository = OwnRepository(work: work)
            try await Command.run("mkdir", ["-p", repository.root])
            let key = try await TestKey.make()
            try write(key.publicKey, to: "\(work)/key.asc")
            let builder = RPMBuilder(directory: repository.folder)
            for package in packages { try await builder.build(package, signedBy: key) }
            try await Command.run(
                "createrepo_c", ["--quiet", "--no-database", repository.folder])
            try await body(repository)
        }
    }

    var installer: Installer {
        let own = Repository(
            id: "own", url: "file://\(folder)", keyPaths: ["\(work)/key.asc"],
            checksMetadataSignature: false)
        var installer = Installer(root: root, repositories: [own]) { _, url in
            WebTransport(url: url, client: TransferClient(), retry: .none)
        }
        installer.architecture = "x86_64"
        installer.clock = ImmediateClock()
        return installer
    }

    /// What real dnf puts into an empty root of its own.
    func dnf(_ names: [String]) async throws -> [String] {
        let place = "\(work)/dnf-\(names.joined(separator: "-"))"
        try await Command.run("mkdir", ["-p", "\(place)/repos"])
        try write("[main]\n", to: "\(place)/dnf.conf")
        try write(
            "[own]\nname=own\nbaseurl=file://\(folder)\ngpgcheck=0\n", to: "\(place)/repos/own.repo"
        )
        try await Command.run(
            "dnf",
            [
                "--config=\(place)/dnf.conf", "--setopt=reposdir=\(place)/repos", "--noplugins",
                "--installroot=\(place)/root", "--releasever=9", "--forcearch=x86_64", "-y", "-q",
                "install",
            ] + names)
        return try await rpm("\(place)/root", database: [])
    }

    /// Debian's dnf and rpm have a place of their own for the database.
    func rpm(
        _ root: String, database: [String] = ["--dbpath", "/var/lib/rpm"]
    ) async throws -> [String] {
        try await Command.run(
            "rpm", ["--root", root] + database + ["-qa", "--qf", "%{NEVRA}\\n"]
        ).output.split(separator: "\n").map(String.init).sorted()
    }
}

/// What is peculiar to some systems and packages.
@Suite(.enabled(if: isRoot, "librpm calls chroot, which takes root"))
struct SystemTests {
    private static func library(_ arch: String) -> RPMBuilder.Package {
        .init(
            "lib", arch: arch, provides: ["liblib.so.1()\(arch == "i686" ? "" : "(64bit)")"],
            files: [
                "/usr/lib\(arch == "i686" ? "" : "64")/liblib.so.1": "\(arch)\n",
                "/usr/share/doc/lib/README": "the same in both\n",
            ])
    }

    @Test(
        .enabled(if: Command.exists("dnf"), "needs dnf: run scripts/setup"),
        arguments: [["lib"], ["lib.i686"], ["app32"], ["lib.x86_64", "lib.i686"]])
    func `packages of i686 come in beside those of x86_64 where dnf brings them`(
        names: [String]
    ) async throws {
        let app = RPMBuilder.Package(
            "app32", arch: "i686", requires: ["liblib.so.1()"],
            files: ["/usr/share/app32/x": "x\n"])
        try await OwnRepository.with([Self.library("i686"), Self.library("x86_64"), app]) {
            repository in
            _ = try await repository.installer.install(InstallRequest(names: names))
            let found = try await repository.rpm(repository.root)
            #expect(found == (try await repository.dnf(names)))
            #expect(found.contains("lib-1.0-1.x86_64") != (names == ["lib.i686"]))
        }
    }

    @Test func `a program of 32 bits brings its library where the one of 64 is there`()
        async throws
    {
        let app = RPMBuilder.Package(
            "app32", arch: "i686", requires: ["liblib.so.1()"],
            files: ["/usr/share/app32/x": "x\n"])
        try await OwnRepository.with([Self.library("i686"), Self.library("x86_64"), app]) {
            repository in
            _ = try await repository.installer.install(InstallRequest(names: ["lib"]))
            let outcome = try await repository.installer.install(InstallRequest(names: ["app32"]))
            #expect(outcome.installed.sorted() == ["app32-1.0-1.i686", "lib-1.0-1.i686"])
            for (folder, content) in [("lib", "i686\n"), ("lib64", "x86_64\n")] {
                let path = "\(repository.root)/usr/\(folder)/liblib.so.1"
                #expect(readFile(path) == Array(content.utf8))
            }
        }
    }

    @Test func `a kernel comes in beside the one that runs, and others replace theirs`()
        async throws
    {
        let packages = ["1.0", "2.0"].flatMap { version in
            [
                RPMBuilder.Package(
                    "kernel", version: version,
                    files: ["/boot/vmlinuz-\(version)": "\(version)\n"]),
                RPMBuilder.Package("tool", version: version),
            ]
        }
        try await OwnRepository.with(packages) { repository in
            let installer = repository.installer
            _ = try await installer.install(InstallRequest(names: ["kernel-1.0", "tool-1.0"]))
            let outcome = try await installer.change(InstallRequest(.upgrade, names: []))
            #expect(outcome.installed == ["kernel-2.0-1.noarch"])
            #expect(outcome.upgraded.map(\.to) == ["tool-2.0-1.noarch"])
            #expect(
                try await repository.rpm(repository.root) == [
                    "kernel-1.0-1.noarch", "kernel-2.0-1.noarch", "tool-2.0-1.noarch",
                ])
            #expect(readFile("\(repository.root)/boot/vmlinuz-1.0") != nil)
        }
    }

    /// Holds librpm's lock as another rpm process does, until it is stopped.
    private static func holder(_ repository: OwnRepository) async throws -> ServerProcess {
        let ready = "\(repository.work)/held"
        let script = """
            import fcntl, sys, time
            lock = open(sys.argv[1], 'r+')
            fcntl.lockf(lock, fcntl.LOCK_EX)
            open(sys.argv[2], 'w').close()
            time.sleep(600)
            """
        let process = try ServerProcess.start(
            "/usr/bin/python3",
            ["-c", script, "\(repository.root)/var/lib/rpm/.rpm.lock", ready],
            logPath: "\(repository.work)/holder.log")
        try await process.wait(for: "the lock's holder") { readFile(ready) != nil }
        return process
    }

    /// Does something before its second pause, and never waits.
    private final class HookClock: Clock {
        typealias Instant = ImmediateClock.Instant
        private let pauses = Mutex(0)
        private let hook: @Sendable () -> Void

        init(_ hook: @escaping @Sendable () -> Void) { self.hook = hook }

        var now: Instant { Instant() }
        var minimumResolution: Duration { .zero }

        func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            if deadline.offset <= ImmediateClock.longestPause,
                pauses.withLock({
                    $0 += 1; return $0
                }) == 2
            {
                hook()
            }
            try await ImmediateClock().sleep(until: deadline, tolerance: tolerance)
        }
    }

    @Test func `another rpm process is waited for, and not for ever`() async throws {
        try await OwnRepository.with([.init("base"), .init("more")]) { repository in
            var installer = repository.installer
            _ = try await installer.install(InstallRequest(names: ["base"]))
            let holder = try await Self.holder(repository)
            let error = await #expect(throws: TransactionError.self) {
                try await installer.install(InstallRequest(names: ["more"]))
            }
            guard case .locked(_, let seconds) = error else {
                holder.stop()
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            #expect(seconds == 300)
            installer.clock = HookClock { holder.stop() }
            let outcome = try await installer.install(InstallRequest(names: ["more"]))
            #expect(outcome.installed == ["more-1.0-1.noarch"])
        }
    }

    @Test(arguments: ["/var/lib/dpkg/status", "/lib/apk/db/installed"])
    func `what a system of other packages has is found, and nothing else`(
        database: String
    ) async throws {
        try await withTemporaryDirectory { root in
            let files = Files(root: root)
            for path in ["/bin/sh", "/usr/bin/env", "/usr/lib/jvm/java-17/bin/java", database] {
                let folder = path.split(separator: "/").dropLast().joined(separator: "/")
                try files.makeDirectory("/" + folder)
                if path != database { try files.write([], to: path) }
            }
            let release = "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.9\"\n"
            try files.write(Array(release.utf8), to: "/usr/lib/jvm/java-17/release")
            // Where RPM rules nothing is assumed.
            #expect(AssumedCapabilities(root: root).found == [])
            try files.write([], to: database)
            #expect(
                AssumedCapabilities(root: root).found == [
                    "/bin/sh", "/usr/bin/env", "coreutils", "java-headless = 1:17.0.9",
                    "jre-headless = 1:17.0.9", "java = 1:17.0.9", "jre = 1:17.0.9",
                ])
        }
    }

    @Test func `a package that requires a shell and Java comes in on a system that has both`()
        async throws
    {
        let tool = RPMBuilder.Package("tool", requires: ["/bin/sh", "java-headless >= 1:11"])
        try await OwnRepository.with([tool]) { repository in
            let request = InstallRequest(names: ["tool"])
            await #expect(throws: SolverError.self) {
                try await repository.installer.install(request)
            }
            for path in ["var/lib/dpkg", "bin", "usr/lib/jvm/jre/bin"] {
                try await Command.run("mkdir", ["-p", "\(repository.root)/\(path)"])
            }
            for path in ["var/lib/dpkg/status", "bin/sh", "usr/lib/jvm/jre/bin/java"] {
                try write("", to: "\(repository.root)/\(path)")
            }
            try write(
                "JAVA_VERSION=\"17.0.9\"\n", to: "\(repository.root)/usr/lib/jvm/jre/release")
            let outcome = try await repository.installer.install(request)
            #expect(outcome.installed == ["tool-1.0-1.noarch"])
        }
    }

    @Test func `a key that was fetched once is not fetched again, and not if it is another`()
        async throws
    {
        try await SampleRepository.with(["base-1.0-1.noarch"]) { repository in
            let fingerprint = repository.packages.key.fingerprint.lowercased()
            let key = RepositoryKey(url: "file://\(repository.keyPath)", fingerprint: fingerprint)
            let source = Repository(
                id: "acme", urls: [repository.url], keys: [key], checksMetadataSignature: false)
            let installer = repository.installer([source])
            let request = InstallRequest(names: ["base"], isDryRun: true)
            // The log has the key under the empty path.
            for (kept, asked) in [("", true), ("", false), ("another", true), ("", false)] {
                let path = "\(repository.root)/var/cache/howdah/keys/\(fingerprint)"
                if !kept.isEmpty { try write(kept, to: path) }
                #expect(try await installer.install(request).installed.count == 1)
                #expect(repository.requests.take().contains("") == asked)
            }
        }
    }
}

private enum Plugin {
    private static let modules = Checkout.cache + "/dnf-plugins/usr/lib/python3/dist-packages"
    static let folder = modules + "/dnf-plugins"
    /// The plugins share a module of their own.
    static let environment = ["PYTHONPATH": modules]
    static let isThere = access("\(folder)/versionlock.py", R_OK) == 0
}

/// dnf's own plugin decides what a lock allows.
@Suite(
    .enabled(if: isRoot, "librpm calls chroot, which takes root"),
    .enabled(if: Plugin.isThere, "needs dnf's plugins: run scripts/setup"))
struct VersionLockTests {
    private static let packages: [RPMBuilder.Package] = [
        .init("base", version: "1.0"), .init("base", version: "1.1"),
        .init("base", version: "2.0", epoch: 1),
        .init("app", version: "1.0"), .init("app", version: "2.0"),
        .init(
            "heir", version: "3.0", provides: ["app = 3.0"], preamble: ["Obsoletes: app < 3"]),
    ]

    @Test(arguments: [
        "", "base-0:1.0-1.*", "base-1.1-1.noarch", "base-1.1-*\napp-0:1.0-1.noarch",
        "!base-1:2.0-1.*", "app-0:2.0-1.*", "1:base-2.0-1.noarch", "# base-0:1.0-1.*",
        "ba*-1.0-1.*",
    ])
    func `a lock lets in what dnf's plugin lets in`(locks: String) async throws {
        try await OwnRepository.with(Self.packages) { repository in
            let place = repository.work
            try await Command.run("mkdir", ["-p", "\(place)/plugins", "\(place)/repos"])
            try write(locks + "\n", to: "\(place)/locks")
            try write("[main]\n", to: "\(place)/dnf.conf")
            try write(
                "[main]\nenabled=1\nlocklist=\(place)/locks\n",
                to: "\(place)/plugins/versionlock.conf")
            try write(
                "[own]\nname=own\nbaseurl=file://\(repository.folder)\ngpgcheck=0\n",
                to: "\(place)/repos/own.repo")
            try await Command.run(
                "dnf",
                [
                    "--config=\(place)/dnf.conf", "--setopt=reposdir=\(place)/repos",
                    "--setopt=pluginpath=\(Plugin.folder)",
                    "--setopt=pluginconfpath=\(place)/plugins", "--disableplugin=*",
                    "--enableplugin=versionlock", "--installroot=\(place)/dnf", "--releasever=9",
                    "--forcearch=x86_64", "-y", "-q", "install", "base", "app",
                ], environment: Plugin.environment)
            let read = VersionLocks([locks])
            var request = InstallRequest(names: ["base", "app"])
            request.policy.locks = read.locks
            request.policy.excludes = read.excludes
            _ = try await repository.installer.install(request)
            let found = try await repository.rpm(repository.root)
            let expected = try await repository.rpm("\(place)/dnf", database: [])
            #expect(found == expected, "\(locks)")
        }
    }
}
