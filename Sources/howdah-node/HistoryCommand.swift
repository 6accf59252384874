internal import ArgumentParser
internal import FoundationEssentials
internal import PackageInstall

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what was installed, upgraded and removed, and how it ended.",
        discussion: """
            Example:
              howdah-node history --json
            """)

    @Option(help: "The directory whose packages are meant.")
    var root = "/"

    @Flag(help: "Print JSON, with each package.")
    var json = false

    func run() throws {
        let records = try TransactionHistory(root: PackageOptions.absolute(root)).records()
        let lines = records.map { record in
            let date = Date(timeIntervalSince1970: TimeInterval(record.begun))
            return "\(date.formatted(.iso8601))  \(record)"
        }
        if json || !lines.isEmpty { try show(records, asLines: lines, json: json) }
    }
}
