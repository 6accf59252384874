import FoundationEssentials
import Glibc
import Support

/// Packages and keys that the tests of this target share: to build them takes longer than to
/// install them. Made once a process, removed at its end.
struct SamplePackages: Sendable {
    let directory: String
    let key: TestKey
    let foreignKey: TestKey

    static func shared() async throws -> SamplePackages { try await building.value }

    private static let building = Task { try await SamplePackages() }

    /// The path of a package, such as `app-1.0-1.noarch`.
    func path(_ identity: String) -> String { "\(directory)/\(identity).rpm" }

    private init() async throws {
        directory = try makeTemporaryDirectory()
        key = try await TestKey.make()
        foreignKey = try await TestKey.make()
        Leftovers.remove([directory, key.home, foreignKey.home])
        let builder = RPMBuilder(directory: directory)
        for package in Self.signed { try await builder.build(package, signedBy: key) }
        try await builder.build(.init("naked"))
        try await builder.build(.init("foreign"), signedBy: foreignKey)
    }

    private static let noise: String = {
        var random = SeededGenerator(seed: 1)
        return (0..<20_000).map { _ in "\(random.next())\n" }.joined()
    }()

    private static let signed: [RPMBuilder.Package] = [
        .init("base"),
        .init("app", requires: ["base >= 1.0"]),
        .init("app", version: "2.0", requires: ["base >= 1.0"]),
        .init("libc++-tools", version: "1.0~rc1^git2+5", release: "1"),
        .init("libc++-tools", version: "1.0", release: "1"),
        .init("lonely", requires: ["no-such-capability = 3"]),
        .init("scripted", requires: ["/bin/sh", "java-headless"]),
        .init("reader", requires: ["/usr/share/base/version"]),
        .init("successor", preamble: ["Obsoletes: base < 2", "Provides: base = 2"]),
        .init("weak", preamble: ["Recommends: base"]),
        .init("rich", requires: ["(base and libc++-tools)"]),
        // One does not become small by compression, the other does.
        .init("bulky", files: ["/usr/share/bulky/data": noise]),
        .init(
            "roomy", files: ["/usr/share/roomy/data": String(repeating: "room\n", count: 1 << 19)]),
        .init("rival", files: ["/usr/share/base/version": "another base\n"]),
    ]
}

/// Directories that are removed when the process ends.
private enum Leftovers {
    nonisolated(unsafe) private static var paths: [String] = []

    static func remove(_ paths: [String]) {
        Self.paths = paths
        atexit {
            for path in Leftovers.paths { try? FileManager.default.removeItem(atPath: path) }
        }
    }
}
