import FoundationEssentials
import PackageInstall
import Solver
import Support
import Testing
import Transfer

/// A repository in a directory, indexed by createrepo_c and signed, and a root to install into.
struct SampleRepository {
    let packages: SamplePackages
    let work: String
    let requests = RequestLog()

    var directory: String { "\(work)/repository" }
    var root: String { "\(work)/root" }
    var keyPath: String { "\(work)/key.asc" }

    /// Hands a repository with the named packages to `body`.
    static func with(
        _ identities: [String], _ body: (SampleRepository) async throws -> Void
    ) async throws {
        let packages = try await SamplePackages.shared()
        try await withTemporaryDirectory { work in
            let repository = SampleRepository(packages: packages, work: work)
            for path in [repository.directory, repository.root] {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
            }
            try write(packages.key.publicKey, to: repository.keyPath)
            try await repository.publish(identities)
            try await body(repository)
        }
    }

    /// Puts packages in, and indexes and signs all that is there.
    func publish(_ identities: [String], signedBy key: TestKey? = nil) async throws {
        for identity in identities {
            try FileManager.default.copyItem(
                atPath: packages.path(identity), toPath: "\(directory)/\(identity).rpm")
        }
        try await Command.run("createrepo_c", ["--quiet", "--no-database", directory])
        let index = "\(directory)/repodata/repomd.xml"
        try write(try await (key ?? packages.key).sign(index), to: index + ".asc")
    }

    func installer(
        checksMetadataSignature: Bool = true, keyPaths: [String]? = nil,
        fingerprints: [String] = [], _ adjust: (inout Repository) -> Void = { _ in }
    ) -> Installer {
        var repository = Repository(
            id: "acme", url: url, keyPaths: keyPaths ?? [keyPath], fingerprints: fingerprints,
            checksMetadataSignature: checksMetadataSignature)
        adjust(&repository)
        return installer([repository])
    }

    /// As an installer knows it.
    var repository: Repository { Repository(id: "acme", url: url, keyPaths: [keyPath]) }

    var url: String { "file://\(directory)" }

    func installer(_ repositories: [Repository]) -> Installer {
        let log = requests
        var installer = Installer(root: root, repositories: repositories) { _, url in
            let client = TransferClient()
            return CountingTransport(
                base: WebTransport(url: url, client: client, retry: .none), log: log)
        }
        installer.clock = ImmediateClock()
        return installer
    }

    func install(_ names: String..., assumed: [String] = []) async throws -> InstallOutcome {
        try await installer().install(InstallRequest(names: names, assumed: assumed))
    }

    @discardableResult
    func change(
        _ action: InstallRequest.Action, _ names: String...
    ) async throws -> InstallOutcome {
        try await installer().change(InstallRequest(action, names: names))
    }

    /// Asks rpm itself what is installed: name-version-release.arch, sorted.
    func expectInstalled(_ expected: [String]) async throws {
        let result = try await rpm(["-qa", "--qf", "%{NEVRA}\\n"])
        let found = result.output.split(separator: "\n").map(String.init).sorted()
        #expect(found == expected)
    }

    /// Has rpm compare the files of a package with what was installed.
    func expectUnchanged(_ name: String) async throws {
        let result = try await rpm(["-V", "--nodeps", name])
        #expect(result.exitCode == 0 && result.output == "")
    }

    private func rpm(_ arguments: [String]) async throws -> Command.Output {
        try await Command.run(
            "rpm", ["--root", root, "--dbpath", "/var/lib/rpm"] + arguments, mayFail: true)
    }
}

func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
}
