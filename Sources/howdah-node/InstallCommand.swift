internal import ArgumentParser
internal import PackageInstall
internal import Solver

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Install packages from repositories in S3, on web servers or in directories.",
        discussion: """
            Repositories are those of the image's .repo files, as dnf reads them, and of its \
            cluster file, or those of --repo. Packages are accepted only if a key of their \
            repository has signed them. A run that was interrupted goes on where it was when it is \
            repeated. Signed requests to s3:// take credentials and region from where the AWS \
            tools take them.

            Example:
              howdah-node install hadoop-hdfs-datanode --root /mnt/image \\
                --repo s3://acme-rpms/el9/x86_64 --gpgkey RPM-GPG-KEY-acme --assume /bin/sh
            """)

    @Argument(help: "Names, NAME-VERSION, NAME.ARCH, capabilities, files, or patterns of names.")
    var names: [String]

    @OptionGroup var options: PackageOptions

    @Flag(help: "Bring packages that are installed to the newest version.")
    var upgrade = false

    @OptionGroup var change: ChangeOptions

    @Flag(help: "Fetch and verify the packages into the cache; install nothing.")
    var downloadOnly = false

    func run() async throws {
        try await failing {
            var request = InstallRequest(.install(newest: upgrade), names: names)
            request.isDownload = downloadOnly
            try await change.carryOut(request, options)
        }
    }
}

/// What every change of packages may be asked.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Say what would be done; change nothing.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    func carryOut(_ request: InstallRequest, _ options: PackageOptions) async throws {
        let tools = try await PackageTools.make(options)
        if request.takesRepositories { tools.tell() }
        var request = request
        request.isDryRun = dryRun
        request.policy = tools.policy
        request.assumed = tools.assumed
        let outcome = try await tools.installer.change(request, progress: PackageTools.progress)
        for note in outcome.notes { PackageTools.tell("howdah-node: note: \(note)") }
        try show(outcome, asLines: InstallReport.lines(outcome), json: json)
    }
}

/// What `install`, `upgrade` and `remove` print for people.
enum InstallReport {
    static func lines(_ outcome: InstallOutcome) -> [String] {
        let verbs =
            outcome.isDryRun
            ? ("would install", "would upgrade", "would remove")
            : outcome.isDownload
                ? ("downloaded", "downloaded the upgrade of", "would remove")
                : ("installed", "upgraded", "removed")
        var lines = outcome.installed.map { "\(verbs.0) \($0)" }
        lines += outcome.upgraded.map { "\(verbs.1) \($0.from) to \($0.to)" }
        lines += outcome.removed.map { "\(verbs.2) \($0)" }
        lines += outcome.unchanged.map { "unchanged \($0)" }
        return lines.isEmpty ? ["nothing to do"] : lines
    }
}
