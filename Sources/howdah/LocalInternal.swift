internal import ArgumentParser
internal import LocalCloud

/// Programs that a lab starts for itself. They are `howdah` too, so that a lab needs one file.
struct LocalForward: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward", abstract: "Make the lab's services reachable from this machine.",
        shouldDisplay: false)

    @OptionGroup var lab: LabOptions

    @Option(help: "An open socket and where its connections go; given by the program to itself.")
    var route: [String] = []

    func run() async throws {
        if route.isEmpty {
            try Forwarder.enter(folder: lab.folder, program: LabOptions.program)
        }
        try await Forwarder.run(routes: route)
    }
}

struct LocalHypervisor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hypervisor", abstract: "Follow what EC2 says.", shouldDisplay: false)

    @OptionGroup var lab: LabOptions

    func run() async throws {
        try await Hypervisor.run(folder: lab.folder, program: LabOptions.program)
    }
}

struct LocalMetadata: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metadata", abstract: "Be the metadata service of an instance.",
        shouldDisplay: false)

    @OptionGroup var lab: LabOptions

    @Option(help: "The instance's id.")
    var instance: String

    func run() async throws {
        try await MetadataProgram.run(folder: lab.folder, instance: instance)
    }
}

struct LocalInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Be the first process of an instance.",
        shouldDisplay: false)

    @Option(help: "The instance's init.json.")
    var config: String

    func run() throws { try InstanceInit.run(configurationPath: config) }
}

struct LocalPower: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "power", abstract: "Be the power of a booted container.",
        shouldDisplay: false)

    @Option(help: "The instance's power.json.")
    var config: String

    func run() throws { try ContainerPower.run(configurationPath: config) }
}
