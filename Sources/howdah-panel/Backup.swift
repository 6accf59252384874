internal import ArgumentParser
internal import Panel

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a whole copy of the database, while the panel serves or not.",
        discussion: """
            Example:
              howdah-panel backup --config /etc/howdah-panel/panel.yaml /backup/panel-$(date +%F).db
            """)

    @Option(help: "The panel's settings, which name the database.")
    var config = "/etc/howdah-panel/panel.yaml"

    @Argument(help: "The file to write; it must not exist yet.")
    var file: String

    func run() throws {
        let settings = try PanelSettings.load(config)
        let summary = try PanelBackup(database: settings.database).backUp(to: file)
        print("\(file): \(summary)")
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a copy in the database's place; what was there is set aside.",
        discussion: """
            The panel must not be serving. Example:
              howdah-panel restore --config /etc/howdah-panel/panel.yaml /backup/panel-2026-11-01.db
            """)

    @Option(help: "The panel's settings, which name the database.")
    var config = "/etc/howdah-panel/panel.yaml"

    @Argument(help: "What 'howdah-panel backup' wrote.")
    var file: String

    func run() throws {
        let settings = try PanelSettings.load(config)
        let (summary, setAside) = try PanelBackup(database: settings.database)
            .restore(from: file, now: PanelTime.live.now())
        print("\(settings.database): \(summary)")
        if let setAside { print("what was there is \(setAside)") }
    }
}
