import ArgumentParser
import FoundationEssentials
import Host
import Node

/// Which cluster file, and what is laid over it.
struct ConfigOptions: ParsableArguments {
    @Argument(help: "The cluster file; by default the image's own.")
    var file: String?

    @Option(help: "A file with user-data, in any form that an instance may have.")
    var userData: String?

    @Option(help: "The folder of stacks; by default the image's own.")
    var stacks: String?

    @Option(help: "What stands for / [HOWDAH_ROOT, else /].")
    var root = ProcessInfo.processInfo.environment["HOWDAH_ROOT"] ?? "/"

    /// A file that is named is one of this machine; what is not named is below the root.
    var check: ConfigurationCheck {
        guard file != nil || stacks != nil else {
            return ConfigurationCheck(files: Files(root: root))
        }
        let below = root == "/" ? "" : root
        return ConfigurationCheck(
            files: Files(root: "/"),
            file: file.map(Self.absolute) ?? below + ConfigurationCheck.defaultFile,
            stacks: stacks.map(Self.absolute) ?? below + ConfigurationCheck.defaultStacks)
    }

    func userDataBytes() throws -> [UInt8]? {
        guard let userData else { return nil }
        let path = Self.absolute(userData)
        guard let bytes = try Files(root: "/").readIfPresent(path) else {
            throw ValidationError("no file '\(path)'")
        }
        return bytes
    }

    private static func absolute(_ path: String) -> String {
        let whole =
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        return whole.hasSuffix("/") ? String(whole.dropLast()) : whole
    }
}
