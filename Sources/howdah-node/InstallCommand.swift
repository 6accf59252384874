internal import AWS
internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import PackageInstall
internal import Transfer

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Install packages from a repository in S3, on a web server or in a directory.",
        discussion: """
            Metadata and packages are accepted only if they are signed with a key that --gpgkey \
            names. A run that was interrupted goes on where it was when it is repeated. Signed \
            requests to s3:// take credentials and region from where the AWS tools take them.

            Example:
              howdah-node install hadoop-hdfs-datanode --root /mnt/image \\
                --repo-url s3://acme-rpms/el9/x86_64 --gpgkey RPM-GPG-KEY-acme --assume /bin/sh
            """)

    @Argument(help: "Names, NAME-VERSION, NAME.ARCH, capabilities or files.")
    var names: [String]

    @Option(help: "The directory to install into.")
    var root = "/"

    @Option(
        parsing: .singleValue,
        help: "s3://bucket/prefix, http(s)://… or file:///… with repodata/; may be repeated.")
    var repoURL: [String]

    @Option(
        name: .customLong("gpgkey"), parsing: .singleValue,
        help: "A file with public keys; may be repeated.")
    var keys: [String]

    @Option(
        name: .customLong("assume"), parsing: .singleValue,
        help: "A capability that the system has without a package; may be repeated.")
    var assumed: [String] = []

    @Flag(help: "Bring packages that are installed to the newest version.")
    var upgrade = false

    @Flag(
        name: .customLong("no-repo-gpgcheck"),
        help: "Do without the signature of the metadata; packages must be signed all the same.")
    var skipsMetadataSignature = false

    @Flag(help: "Say what would be done; change nothing.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard !repoURL.isEmpty else { throw ValidationError("give a repository by --repo-url") }
        guard !keys.isEmpty else { throw ValidationError("give the repository's key by --gpgkey") }
    }

    func run() async throws {
        let outcome = try await installer().install(request, progress: Self.progress)
        try show(outcome, asLines: InstallReport.lines(outcome), json: json)
    }

    private var request: InstallRequest {
        InstallRequest(names: names, assumed: assumed, upgrades: upgrade, isDryRun: dryRun)
    }

    private func installer() -> Installer {
        let environment = ProcessInfo.processInfo.environment
        let transfer = TransferClient(TransferClient.Configuration(environment: environment))
        let repositories = repoURL.map { url in
            Repository(
                id: url, url: url, keyPaths: keys,
                checksMetadataSignature: !skipsMetadataSignature)
        }
        return Installer(
            root: Self.absolute(root), repositories: repositories, transfer: transfer,
            settings: AWSSettings.load(environment: environment),
            credentials: CredentialChain.standard(environment: environment, transfer: transfer))
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return FileManager.default.currentDirectoryPath + "/" + path
    }

    private static let progress: @Sendable (InstallProgress) -> Void = { step in
        guard isatty(STDERR_FILENO) == 1 else { return }
        let line = Array("\(step)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// What `install` prints for people.
enum InstallReport {
    static func lines(_ outcome: InstallOutcome) -> [String] {
        let verbs =
            outcome.isDryRun
            ? ("would install", "would upgrade", "would remove")
            : ("installed", "upgraded", "removed")
        var lines = outcome.installed.map { "\(verbs.0) \($0)" }
        lines += outcome.upgraded.map { "\(verbs.1) \($0.from) to \($0.to)" }
        lines += outcome.removed.map { "\(verbs.2) \($0)" }
        lines += outcome.unchanged.map { "unchanged \($0)" }
        return lines
    }
}
