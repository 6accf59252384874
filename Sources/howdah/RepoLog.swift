internal import AWS
internal import ArgumentParser
internal import FoundationEssentials
internal import RepoPublish

struct RepoLog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show a repository's states: who published what, and when.",
        discussion: "Example: howdah repo log s3://acme-rpms/el9/x86_64 --limit 5")

    /// Names of a state that are shown without --json.
    static let shownNames = 10

    @Argument(help: RepositoryPlace.help)
    var repository: RepositoryPlace

    @Option(help: "How many states are shown, the newest.")
    var limit = 20

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let log = try await RepositoryLog.read(try repository.open(), limit: max(1, limit))
        if json { return try Terminal.printJSON(log) }
        if log.entries.isEmpty { print("\(log.current): nobody told of it") }
        for entry in log.entries {
            let mark = entry.key == log.current && entry.verb != "rollback" ? " (now)" : ""
            let date = AWSDate.basic(Date(timeIntervalSince1970: Double(entry.time)))
            let count = entry.packages.map { ", \($0) packages" } ?? ""
            let left = entry.verb == "rollback" ? entry.parent.map { " from \($0)" } ?? "" : ""
            print("\(entry.revision)\(mark)  \(date)  \(entry.who)  \(entry.verb)\(left)\(count)")
            show(entry.removed, entry.removedCount, "-")
            show(entry.added, entry.addedCount, "+")
        }
    }

    private func show(_ names: [String], _ count: Int, _ sign: String) {
        for name in names.prefix(Self.shownNames) { print("  \(sign) \(name)") }
        if count > Self.shownNames { print("  \(sign) \(count - Self.shownNames) more") }
    }
}
