internal import ArgumentParser
internal import Glibc
internal import Host
internal import RepoPublish

struct RepoIndex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Write the metadata of a directory of packages.",
        discussion: """
            Example: howdah repo index --update --sign release-key.asc ./el9/x86_64

            The options are createrepo_c's, and so is what is written. A package that is \
            truncated, corrupt or no package is named and left out; the rest is indexed, and the \
            exit code is 2.
            """)

    @OptionGroup var arguments: IndexArguments

    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        if !arguments.running.version { _ = try arguments.options() }
    }

    func run() async throws {
        if arguments.running.version {
            print("\(HowdahVersion.text), with the metadata of createrepo_c 0.17.3")
            return
        }
        let running = arguments.running
        if arguments.format.isWeak && !running.quiet {
            Terminal.error(
                "MD5 and SHA-1 protect nothing; give them only to readers that know nothing else")
        }
        let progress = IndexProgress(isQuiet: running.quiet, isVerbose: running.verbose)
        let indexer = try RepositoryIndexer(
            directory: arguments.root(), options: arguments.options(),
            now: { Int64(time(nil)) })
        // Also after an error, which comes on a line of its own.
        defer { progress.end() }
        let outcome = try await indexer.run { progress.show($0) }
        progress.end()
        for package in outcome.leftOut { Terminal.error("left out: \(package.reason)") }
        if !running.quiet {
            for duplicate in outcome.duplicates {
                Terminal.error("more than once: \(duplicate)")
            }
        }
        if json {
            try Terminal.printJSON(outcome)
        } else if !running.quiet {
            let state = outcome.wasWritten ? "revision \(outcome.revision)" : "nothing changed"
            let signed = outcome.isSigned ? ", signed" : ""
            let read = outcome.read == outcome.packages ? "" : " (\(outcome.read) read)"
            print("\(indexer.directory): \(outcome.packages) packages\(read), \(state)\(signed)")
        }
        if !outcome.leftOut.isEmpty { throw ExitCode(2) }
    }
}
