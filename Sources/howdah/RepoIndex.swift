internal import Archive
internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import RepoPublish

struct RepoIndex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Write the metadata of a directory of packages.",
        discussion: """
            Example: howdah repo index --sign release-key.asc ./el9/x86_64

            A package that is truncated, corrupt or no package is named and left out; the rest is \
            indexed, and the exit code is 2.
            """)

    @Argument(help: "The directory that holds the packages.", completion: .directory)
    var directory: String

    @Option(help: "How metadata is compressed: gz, zstd, xz, bz2 or none.")
    var generalCompressType = "gz"

    @Option(help: "Changelog entries of each package, the newest; -1 for all.")
    var changelogLimit = 10

    @Option(
        help: "Sign repomd.xml with the armored secret key in this file.", completion: .file())
    var sign: String?

    @Option(help: "How many packages are read at once (default: one for each processor).")
    var workers: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard Compression(name: generalCompressType) != nil else {
            throw ValidationError(
                "'\(generalCompressType)' is no compression; use gz, zstd, xz, bz2 or none")
        }
    }

    func run() async throws {
        let options = IndexOptions(
            compression: Compression(name: generalCompressType) ?? .gzip,
            changelogLimit: changelogLimit, keyFile: sign.map(absolutePath),
            workers: workers ?? ProcessInfo.processInfo.activeProcessorCount)
        let indexer = try RepositoryIndexer(
            directory: absolutePath(directory), options: options,
            now: { Int64(time(nil)) })
        let outcome = try await indexer.run()
        for package in outcome.leftOut { Terminal.error("left out: \(package.reason)") }
        if json {
            try Terminal.printJSON(outcome)
        } else {
            let state = outcome.wasWritten ? "revision \(outcome.revision)" : "nothing changed"
            let signed = outcome.isSigned ? ", signed" : ""
            print("\(directory): \(outcome.packages) packages, \(state)\(signed)")
        }
        if !outcome.leftOut.isEmpty { throw ExitCode(2) }
    }
}
