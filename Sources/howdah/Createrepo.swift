internal import ArgumentParser
internal import Glibc
internal import RepoPublish

/// This program under the name `createrepo_c` or `createrepo`: the same options, defaults, messages
/// and files as createrepo_c 0.17.3's, so that scripts that call it need no change.
struct Createrepo: AsyncParsableCommand {
    static let names: Set<String> = ["createrepo_c", "createrepo"]

    static let configuration = CommandConfiguration(
        commandName: "createrepo_c",
        abstract: "Write the metadata of a directory of packages (howdah in createrepo_c's place).",
        discussion: "Example: createrepo_c --update ./el9/x86_64")

    @OptionGroup var arguments: IndexArguments

    func validate() throws {
        if !arguments.running.version { _ = try arguments.options(isCreaterepo: true) }
    }

    func run() async throws {
        if arguments.running.version {
            print("Version: 0.17.3 (howdah)")
            return
        }
        let isQuiet = arguments.running.quiet
        if arguments.updating.keepAllMetadata && !arguments.updating.update && !isQuiet {
            Terminal.errorLine("--keep-all-metadata has no effect (--update is not used)")
        }
        let indexer = try RepositoryIndexer(
            directory: arguments.root(), options: arguments.options(isCreaterepo: true),
            now: { Int64(time(nil)) })
        let outcome = try await indexer.run { Self.say($0, isQuiet: isQuiet) }
        if !outcome.leftOut.isEmpty { throw ExitCode(2) }
    }

    /// createrepo_c's own lines (createrepo_c.c, dumper_thread.c). What is left out is named in any
    /// case.
    private static func say(_ event: IndexEvent, isQuiet: Bool) {
        if case .leftOut(let package) = event {
            Terminal.errorLine("Warning: Cannot read package: \(package.reason)")
        }
        guard !isQuiet else { return }
        switch event {
        case .walking: print("Directory walk started")
        case .found(let count): print("Directory walk done - \(count) packages")
        case .loaded(let count): print("Loaded information about \(count) packages")
        case .reading(_, let workers): print("Pool started (with \(workers) workers)")
        case .finished(leftOut: 0): print("Pool finished")
        case .finished: print("Pool finished with errors")
        case .leftOut, .read: break
        }
    }
}
