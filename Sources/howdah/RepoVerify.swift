internal import ArgumentParser
internal import RepoPublish

struct RepoVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a repository: every record, checksum, size and package.",
        discussion: """
            Example: howdah repo verify https://packages.example.com/el9 --deep --key RPM-GPG-KEY

            The exit code is 1 if a reader would stumble over something.
            """)

    @Argument(help: "The repository: s3://bucket/prefix, https://…, or a directory.")
    var repository: RepositoryPlace

    @Flag(help: "Read every package: its checksum, its own digests, with --key its signature.")
    var deep = false

    @Option(
        help: "A file with public keys that the repository and its packages are signed with.",
        completion: .file())
    var key: [String] = []

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let verifier = RepositoryVerifier(
            store: try repository.open(), isDeep: deep, keyFiles: key.map(absolutePath))
        let report = try await verifier.run()
        if json {
            try Terminal.printJSON(report)
        } else {
            show(report)
        }
        if !report.problems.isEmpty { throw ExitCode(1) }
    }

    private func show(_ report: VerifyReport) {
        for problem in report.problems { print("\(problem.path): \(problem.reason)") }
        for object in report.unreferenced ?? [] {
            print("\(object.path): nothing refers to it (\(object.size) bytes)")
        }
        let signed =
            report.isSignatureChecked
            ? "signature checked" : report.isSigned ? "signature not checked" : "not signed"
        let read = report.isDeep ? "read" : "looked for"
        print(
            "\(report.store): revision \(report.revision), \(report.packages) packages \(read), "
                + "\(signed); \(report.problems.count) problems")
    }
}
