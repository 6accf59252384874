internal import ArgumentParser
internal import Host

/// `howdah`: what release engineers and operators run. One file per verb.
@main
struct Howdah: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "howdah",
        abstract: "Publish packages, build images, try a cluster, look at one.",
        version: HowdahVersion.text,
        subcommands: [
            ClusterCommand.self, DoctorCommand.self, ImageCommand.self, Local.self, Repo.self,
        ])

    /// Under the name of another program, as a symbolic link gives it, it is that program.
    static func main() async {
        let name = CommandLine.arguments.first?.split(separator: "/").last ?? ""
        if Createrepo.names.contains(String(name)) {
            await Createrepo.main(Array(CommandLine.arguments.dropFirst()))
        } else {
            await Self.main(nil)
        }
    }
}
