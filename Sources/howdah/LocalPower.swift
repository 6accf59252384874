internal import ArgumentParser
internal import Glibc
internal import LocalCloud

/// The verbs that a node's power has. Each waits until it is done.
struct NodeOptions: ParsableArguments {
    @Argument(help: "A node's name or instance id, such as slave-1.")
    var node: String

    @OptionGroup var lab: LabOptions

    func operations() throws -> LabOperations {
        try lab.folder.requireRights(isRoot: geteuid() == 0)
        return LabOperations(folder: lab.folder)
    }
}

struct LocalReboot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reboot",
        abstract: "Restart a node: its processes end and start again, its disks stay.",
        discussion: """
            Example:
              howdah local reboot slave-1
            """)

    @OptionGroup var options: NodeOptions

    func run() async throws { try await options.operations().reboot(options.node) }
}

struct LocalStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop an instance, as EC2 does.",
        discussion: """
            Example:
              howdah local stop slave-1
            """)

    @OptionGroup var options: NodeOptions

    func run() async throws { try await options.operations().stop(options.node) }
}

struct LocalStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start a stopped instance, as EC2 does.",
        discussion: """
            Example:
              howdah local start slave-1
            """)

    @OptionGroup var options: NodeOptions

    func run() async throws { try await options.operations().start(options.node) }
}

struct LocalTerminate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate",
        abstract: "Terminate an instance: its root folder is gone, its volumes stay.",
        discussion: """
            Example:
              howdah local terminate slave-1
            """)

    @OptionGroup var options: NodeOptions

    func run() async throws { try await options.operations().terminate(options.node) }
}

struct LocalCutPower: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cut-power",
        abstract: "Cut a node's power. It stays dead until it is rebooted or started.",
        discussion: """
            What a booted container had not written to its disks is lost, as when the power fails. \
            A light node's processes are killed, and its files stay as they are.

            Example:
              howdah local cut-power slave-1
            """,
        aliases: ["kill"])

    @OptionGroup var options: NodeOptions

    func run() async throws { try await options.operations().cutPower(options.node) }
}
