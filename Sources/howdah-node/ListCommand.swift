internal import ArgumentParser
internal import PackageInstall
internal import Solver

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List packages that are installed or available.",
        discussion: """
            Example:
              howdah-node list --available 'hadoop*'
            """)

    @Argument(help: "Names or patterns; none: all.")
    var names: [String] = []

    @Flag(help: "What the repositories have.")
    var available = false

    @Flag(help: "What is installed; so without --available too.")
    var installed = false

    @OptionGroup var options: PackageOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if available, installed { throw ValidationError("give --available or --installed") }
    }

    func run() async throws {
        try await failing {
            try await PackageLister(options: options, json: json)
                .show(available ? .available : .installed, names: names)
        }
    }
}

struct ProvidesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provides",
        abstract: "List the packages that provide a capability or have a file.",
        discussion: """
            Example:
              howdah-node provides '*/bin/hdfs'
            """)

    @Argument(help: "A capability, the path of a file, or a pattern of either.")
    var capability: String

    @OptionGroup var options: PackageOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await failing {
            let found = try await PackageLister(options: options, json: json)
                .show(.providing(capability))
            if found == 0 { throw NothingProvides(capability: capability) }
        }
    }
}

struct NothingProvides: Error, CustomStringConvertible {
    let capability: String
    var description: String { "nothing provides '\(capability)'" }
}

/// Prints packages.
struct PackageLister {
    let options: PackageOptions
    let json: Bool

    /// Returns how many there were.
    @discardableResult
    func show(_ listing: SolverInput.Listing, names: [String] = []) async throws -> Int {
        let tools = try await PackageTools.make(options)
        if listing != .installed { tools.tell() }
        let found = try await tools.installer.list(
            listing, names: names, policy: tools.policy, progress: PackageTools.progress)
        for note in found.notes { PackageTools.tell("howdah-node: note: \(note)") }
        let lines = found.packages.map { "\($0.identity)\t\($0.repository ?? "@System")" }
        if json || !lines.isEmpty {
            try howdah_node.show(found.packages, asLines: lines, json: json)
        }
        return found.packages.count
    }
}
