import ArgumentParser
import Node

struct FactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facts",
        abstract: "Shows what the metadata service says of this instance.",
        discussion: "Example: howdah-node facts --json")

    @OptionGroup var options: RootOptions
    @Flag(help: "Print as JSON.") var json = false

    func run() async throws {
        try await failing {
            let facts = FactTable(try await options.world().metadata.facts())
            try show(facts.values, asLines: facts.lines, json: json)
        }
    }
}
