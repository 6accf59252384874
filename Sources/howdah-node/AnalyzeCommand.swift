import ArgumentParser
import Host
import Node

struct AnalyzeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Shows where the newest boot's time went.",
        discussion: "Example: howdah-node analyze blame",
        subcommands: [BlameCommand.self, CriticalPathCommand.self, PlotCommand.self])
}

struct BlameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blame",
        abstract: "Lists the steps, the longest first.",
        discussion: "Example: howdah-node analyze blame")

    @OptionGroup var options: RootOptions
    @Flag(help: "Print as JSON.") var json = false

    func run() async throws {
        try await failing {
            let analysis = try options.analysis()
            try show(analysis.blame, asLines: analysis.blameLines, json: json)
        }
    }
}

struct CriticalPathCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "critical-path",
        abstract: "Shows the chain of steps that the boot's length comes from.",
        discussion: "Example: howdah-node analyze critical-path")

    @OptionGroup var options: RootOptions
    @Flag(help: "Print as JSON.") var json = false

    func run() async throws {
        try await failing {
            let analysis = try options.analysis()
            try show(analysis.criticalPath, asLines: analysis.criticalPathLines, json: json)
        }
    }
}

struct PlotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draws the steps over time, as SVG on standard output.",
        discussion: "Example: howdah-node analyze plot > boot.svg")

    @OptionGroup var options: RootOptions

    func run() async throws {
        try await failing {
            print(try options.analysis().plot, terminator: "")
        }
    }
}

extension RootOptions {
    /// Of the newest boot, also of one before the machine's last start.
    fileprivate func analysis() throws -> BootAnalysis {
        guard let state = try StateStore(files: paths.files).status() else {
            throw NotBooted(path: paths.root)
        }
        return BootAnalysis(state)
    }
}
