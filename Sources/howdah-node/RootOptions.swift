import ArgumentParser
import FoundationEssentials
import Glibc
import Host
import Node

/// Where the instance's trees are.
struct RootOptions: ParsableArguments {
    @Option(
        help: "What stands for / (a light instance has a folder of its own) [HOWDAH_ROOT, else /].")
    var root = ProcessInfo.processInfo.environment["HOWDAH_ROOT"] ?? "/"

    @Option(help: "Where devices are; by default /dev below the root.")
    var dev: String?

    @Option(help: "Where sysfs is; by default /sys below the root.")
    var sys: String?

    var paths: HostPaths { HostPaths(root: root, dev: dev, sys: sys) }

    /// Of the boot that goes on.
    func bootID() throws -> String {
        try LiveWorld.bootID(paths, environment: ProcessInfo.processInfo.environment)
    }

    func world() -> NodeWorld {
        LiveWorld.make(paths: paths, environment: ProcessInfo.processInfo.environment)
    }

    func validate() throws {
        guard root.hasPrefix("/") else {
            throw ValidationError("--root must be an absolute path, not '\(root)'")
        }
    }
}

/// One clear line on standard error, and exit 1.
func failing(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as ExitCode {
        throw error
    } catch {
        let bytes = Array("howdah-node: \(error)\n".utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
        throw ExitCode(1)
    }
}
