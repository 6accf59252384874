import ArgumentParser
import Cluster

struct ConfigSchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of the cluster file, for editors.",
        discussion: "Example: howdah-node config schema > cluster.schema.json")

    func run() async throws {
        print(ClusterSchema.text)
    }
}
