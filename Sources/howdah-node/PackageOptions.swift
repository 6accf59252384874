import ArgumentParser
import FoundationEssentials
import PackageInstall
import Solver

/// Which packages count, and where they come from.
struct PackageOptions: ParsableArguments {
    @Option(help: "The directory whose packages are meant.")
    var root = "/"

    @Option(
        name: [.customLong("repo"), .customLong("repo-url")], parsing: .singleValue,
        help: ArgumentHelp(
            "A .repo file, or s3://bucket/prefix, http(s)://… or file:///… with repodata/; may be "
                + "repeated. By default the image's own .repo files and its cluster file.",
            valueName: "file|url"))
    var repositories: [String] = []

    @Option(
        name: .customLong("gpgkey"), parsing: .singleValue,
        help: "A file with public keys, for a --repo that is a URL; may be repeated.")
    var keys: [String] = []

    @Flag(
        name: .customLong("no-repo-gpgcheck"),
        help: ArgumentHelp(
            "Do without the signature of the metadata of a --repo that is a URL; packages must be "
                + "signed all the same."))
    var skipsMetadataSignature = false

    @Option(name: .customLong("releasever"), help: "What $releasever stands for.")
    var release: String?

    @Option(
        name: .customLong("assume"), parsing: .singleValue,
        help: "A capability that the system has without a package; may be repeated.")
    var assumed: [String] = []

    static func isURL(_ text: String) -> Bool {
        ["s3://", "http://", "https://", "file:///"].contains(where: text.hasPrefix)
    }

    var urls: [String] { repositories.filter(Self.isURL) }

    var files: [String] {
        repositories.filter { !Self.isURL($0) }.map(Self.absolute)
    }

    var absoluteRoot: String { Self.absolute(root) }

    func validate() throws {
        if !urls.isEmpty, keys.isEmpty {
            throw ValidationError("give the key of '\(urls[0])' by --gpgkey")
        }
        if urls.isEmpty, !keys.isEmpty {
            throw ValidationError(
                "--gpgkey is for a --repo that is a URL; a .repo file has its own")
        }
    }

    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return FileManager.default.currentDirectoryPath + "/" + path
    }
}
