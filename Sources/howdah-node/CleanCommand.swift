import ArgumentParser
import Host
import Node

struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Removes what boots have left, before an image is made of this machine.",
        discussion: """
            Example: howdah-node clean --logs --machine-id
            Removes the state, the daemons' units, the block in /etc/hosts and our lines in \
            /etc/fstab. Volumes, packages and configuration files stay. Refuses while a daemon of \
            ours runs. Run twice it finds nothing.
            """)

    @OptionGroup var options: RootOptions
    @Flag(help: "Remove the logs too.") var logs = false
    @Flag(name: .customLong("machine-id"), help: "Have systemd make a new machine id.")
    var machineID = false
    @Flag(help: "Print as JSON.") var json = false

    func run() async throws {
        try await failing {
            let world = options.world()
            let cleaning = Cleaning(
                paths: options.paths, bootID: try world.bootID(), systemd: world.systemd)
            let removed = try await cleaning.run(.init(logs: logs, machineID: machineID))
            guard !json else { return print(try jsonText(["removed": removed])) }
            let lines = removed.map { "removed \($0)" }
            print(lines.isEmpty ? "nothing to remove" : lines.joined(separator: "\n"))
        }
    }
}
