import ArgumentParser
import Doctor
import FoundationEssentials
import Host
import Node

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at all that a node needs, and says what to do where something is wrong.",
        discussion: """
            Example: howdah-node doctor
            Metadata, clock, role and permissions (by dry runs), region, repositories, the panel,
            disks, memory, ports and the newest boot. It changes nothing.
            Exit: 0 all fine, 1 something is wrong, 2 nothing worse than warnings.
            """)

    @OptionGroup var options: RootOptions
    @Flag(help: "Print the findings as JSON.") var json = false

    func run() async throws {
        try await failing {
            let doctor = NodeDoctor.live(
                paths: options.paths, environment: ProcessInfo.processInfo.environment)
            let diagnosis = await doctor.run()
            try show(diagnosis, asLines: diagnosis.lines, json: json)
            if diagnosis.exitCode != 0 { throw ExitCode(diagnosis.exitCode) }
        }
    }
}
