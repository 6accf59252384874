import Glibc
import Support

/// A program's packages as `scripts/build-packages` makes them: 1.0 twice, and 2.0.
struct BuiltPackages: Sendable {
    /// Why there can be none here; nil where there can.
    static let whyNot: String? =
        access(Checkout.nodeProgram, X_OK) == 0
        ? ["rpmbuild", "dpkg-deb", "dpkg-shlibdeps"].first { !Command.exists($0) }.map {
            "no '\($0)' here"
        } : "no '\(Checkout.nodeProgram)': run scripts/build-node"

    /// The same of programs that others stand for.
    static let whyNoStandIn: String? =
        access(ManualTests.programPath("howdah-panel"), X_OK) == 0
        ? ["rpmbuild", "dpkg-deb", "dpkg-shlibdeps"].first { !Command.exists($0) }.map {
            "no '\($0)' here"
        } : "this build is one without the panel"

    /// What is packed. Where `words` is another program, that says what this would say of itself.
    struct Source: Sendable {
        var name: String
        var program: String
        var words: String?

        static let node = Source(name: "howdah-node", program: Checkout.nodeProgram)
        /// A program of the machine stands for ours: this build of it needs Swift's own libraries.
        static func standIn(_ name: String) -> Source {
            Source(name: name, program: "/usr/bin/sleep", words: ManualTests.programPath(name))
        }
    }

    var source = Source.node
    /// The folder with the packages of a version; "again" is 1.0 once more.
    let folder: String

    func rpm(_ version: String) -> String {
        "\(folder)/\(version)/\(source.name)-\(number(version))-1.x86_64.rpm"
    }

    func deb(_ version: String) -> String {
        "\(folder)/\(version)/\(source.name)_\(number(version))_amd64.deb"
    }

    private func number(_ version: String) -> String { version == "again" ? "1.0" : version }

    /// Builds what is asked for, and removes it when `body` has ended.
    static func with<Value>(
        _ versions: [String], of source: Source = .node,
        _ body: (BuiltPackages) async throws -> Value
    ) async throws -> Value {
        try await withTemporaryDirectory { folder in
            let built = BuiltPackages(source: source, folder: folder)
            for version in versions {
                // Another mask and another time zone are to make no difference.
                let mask = version == "again" ? "077" : "022"
                try await Command.run(
                    "sh",
                    [
                        "-c", "umask \(mask); exec \"$@\"", "sh",
                        Checkout.root + "/scripts/build-packages", "--quick", "--package",
                        source.name, "--program", source.program, "--version",
                        built.number(version),
                    ] + (source.words.map { ["--words", $0] } ?? []) + ["\(folder)/\(version)"],
                    environment: version == "again" ? ["TZ": "Asia/Tokyo"] : [:])
            }
            // Containers look at it too.
            chmod(folder, 0o755)
            return try await body(built)
        }
    }
}
