import FoundationEssentials
import Glibc
import Support

@testable import ImageBuild

/// A recipe with a folder as its lowest layer: a shell with its libraries and a few files, so that
/// an image takes a moment.
struct SampleImage: Sendable {
    static let checkout = Checkout.root
    static let epoch = 1_767_225_600

    let folder: String

    var cache: String { folder + "/cache" }
    var output: String { folder + "/out" }
    var root: String { output + "/root" }

    /// Why no image can be built here; nil if one can.
    static let missing: String? = getuid() == 0 ? nil : "building an image needs root"

    /// Recipes `base` and, above it, `top` with what `above` says.
    static func make(in folder: String, above: String = "") async throws -> SampleImage {
        let sample = SampleImage(folder: folder)
        for (path, text) in [
            "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "etc/group": "root:x:0:\n",
            "etc/shadow": "root:*:19000:0:99999:7:::\n", "etc/motd": "welcome\n",
            "usr/lib/old/a": "a\n", "usr/lib/old/b": "b\n",
        ] { try sample.write("base/tree/\(path)", text) }
        for path in ["proc", "run", "tmp", "dev", "etc/howdah", "var/log/journal"] {
            try sample.makeFolder("base/tree/\(path)")
        }
        try await sample.addShell()
        try sample.write(
            "base/recipe.yaml",
            """
            howdah-image: 1
            name: base
            bootstrap: { tool: folder, file: tree }

            """)
        try sample.write("top/recipe.yaml", "howdah-image: 1\nname: top\nfrom: ../base\n" + above)
        return sample
    }

    private func addShell() async throws {
        let list = try await Command.run("ldd", ["/bin/sh"]).output
        let libraries = list.split(separator: "\n").compactMap { line in
            line.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("/") }.map(String.init)
        }
        for path in ["/bin/sh"] + libraries {
            let target = "\(folder)/base/tree\(path)"
            try makeFolder(
                "base/tree" + path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
            try await Command.run("cp", ["-L", path, target])
        }
    }

    func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/" + path, withIntermediateDirectories: true)
    }

    func write(_ path: String, _ text: String, mode: UInt16 = 0o644) throws {
        try makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        try Data(text.utf8).write(to: URL(filePath: folder + "/" + path))
        chmod(folder + "/" + path, UInt32(mode))
    }

    func builder(
        inputs: [String: String] = [:], cache: String? = nil,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) -> ImageBuilder {
        ImageBuilder(
            recipe: folder + "/top", inputs: inputs, cache: cache ?? self.cache, say: say)
    }

    @discardableResult
    func build(inputs: [String: String] = [:]) async throws -> BuiltImage {
        try await builder(inputs: inputs).build(output: output)
    }

    func text(_ path: String) throws -> String {
        try String(contentsOfFile: root + "/" + path, encoding: .utf8)
    }

    func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(root + "/" + path, &status) == 0 ? status : nil
    }

    /// What is left in the folder that no finished build leaves: names of files, and mounts.
    func leftovers() throws -> [String] {
        let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
        var left = mounts.split(separator: "\n").filter { $0.contains(folder) }.map(String.init)
        for place in [cache + "/building", output + "/.building"]
        where access(place, F_OK) == 0 {
            left.append(place)
        }
        return left
    }
}
