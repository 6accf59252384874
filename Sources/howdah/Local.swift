internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import LocalCloud

/// `howdah local`: a cluster on this machine, without a cloud account.
struct Local: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a cluster on this machine, without a cloud account.",
        discussion: """
            For root every node is a systemd container that boots from an image, where the \
            machine allows it, else (or by --light) a process tree in namespaces; for others it \
            has an address of 127.0.0.0/8 and a plain folder in place of the mount.

            Example:
              howdah local up --slaves 2 --repository build/rpms --key build/key.asc
              howdah local status
              howdah local exec slave-1 -- hdfs dfsadmin -report
              howdah local reboot slave-1
              howdah local down
            """,
        subcommands: [
            LocalUpCommand.self, LocalDown.self, LocalStatusCommand.self, LocalShow.self,
            LocalReboot.self, LocalStop.self, LocalStart.self, LocalTerminate.self,
            LocalCutPower.self, LocalExec.self, LocalShell.self, LocalConsole.self,
            LocalLogs.self, LocalForward.self, LocalHypervisor.self, LocalMetadata.self,
            LocalInit.self, LocalPower.self,
        ])
}

/// Where the lab is.
struct LabOptions: ParsableArguments {
    @Option(help: "The lab's folder [HOWDAH_LOCAL_STATE, else /var/lib/howdah-local or XDG's].")
    var state: String?

    var folder: StateFolder {
        let environment = ProcessInfo.processInfo.environment
        if let path = state ?? environment["HOWDAH_LOCAL_STATE"] {
            return StateFolder(path: Self.absolute(path))
        }
        return StateFolder.standard(environment: environment, isRoot: geteuid() == 0)
    }

    /// The program that runs now.
    static var program: String {
        guard let path = realpath("/proc/self/exe", nil) else { return "howdah" }
        defer { free(path) }
        return String(cString: path)
    }

    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return String(cString: current) + "/" + path
    }
}

/// Lines that say how something goes on, on standard error.
enum ProgressLine {
    @Sendable static func print(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
