import FoundationEssentials
import Testing

/// The layer table of docs/design.md.
@Suite struct LayerTests {
    /// What each target may import of the project's own, and of what others make.
    static let allowed: [String: Set<String>] = {
        let values: Set<String> = [
            "Autoscaling", "Cluster", "ConfigFiles", "Digests", "HadoopMetrics", "MetricFormats",
            "NodeMetrics",
            "PanelAPI", "RepoMetadata",
        ]
        let world: Set<String> = ["Archive", "Host", "Members", "RPM", "Solver", "Transfer"]
        let services: Set<String> = ["AWS", "Doctor", "PanelClient"]
        let below = values.union(world).union(services)
        let server: Set<String> = ["NIOCore", "NIOPosix", "NIOHTTP1"]
        let panel: Set<String> = [
            "Foundation", "GRDB", "HTTPTypes", "Hummingbird", "NIOCore", "NIOPosix",
        ]
        return [
            "Autoscaling": ["PanelAPI"], "Cluster": ["CYAML"], "ConfigFiles": [],
            "HadoopMetrics": [],
            "MetricFormats": [],
            "PanelAPI": [],
            "Digests": ["CCrypto", "CSHA"], "NodeMetrics": ["PanelAPI"],
            "RepoMetadata": ["Digests"],
            "Archive": ["CArchive"],
            "Host": ["CBlkid", "CLinux", "Subprocess", "SystemPackage"],
            "Members": ["CDeflate", "CZstd"],
            "RPM": ["CRPM", "Digests"],
            "Solver": ["CSolv"],
            "Transfer": ["CCurl", "Digests"],
            "AWS": values.union(world), "Doctor": ["AWS", "Transfer"],
            "PanelClient": values.union(world).union(["AWS"]),
            "ImageBuild": below.union(["CLinux"]),
            "LocalCloud": below.union(server).union(["CLinux"]),
            "Node": below.union(["PackageInstall"]),
            "PackageInstall": below, "RepoGateway": below, "RepoPublish": below,
            "Panel": below.union(panel).union([
                "HummingbirdCore", "NIOHTTPTypes", "NIOSSL", "ServiceLifecycle", "UnixSignals",
            ]),
            "howdah": below.union([
                "ArgumentParser", "ImageBuild", "LocalCloud", "RepoPublish",
            ]),
            "howdah-node": below.union([
                "ArgumentParser", "Node", "PackageInstall", "RepoGateway",
            ]),
            "howdah-panel": below.union(["ArgumentParser", "Panel"]),
        ]
    }()

    static let everywhere: Set<String> = [
        "FoundationEssentials", "Glibc", "Logging", "Synchronization", "Dispatch",
    ]

    @Test func `a target imports only what its layer allows`() throws {
        var seen: Set<String> = []
        for file in try SourceTree.swiftFiles(below: ["Sources"]) {
            let allowed = try #require(
                Self.allowed[file.target], "\(file.path): target has no row in the layer table")
            seen.insert(file.target)
            for (number, line) in file.lines.enumerated() {
                guard let module = importedModule(line) else { continue }
                let fits = allowed.contains(module) || Self.everywhere.contains(module)
                #expect(
                    fits,
                    "\(file.path):\(number + 1): \(file.target) may not import \(module)")
            }
        }
        #expect(seen == Set(Self.allowed.keys), "a row of the layer table has no target")
    }

    /// SwiftPM lets a target import what it reaches only through another.
    @Test func `a target imports only what Package.swift declares for it`() throws {
        let manifest = try String(
            contentsOfFile: SourceTree.root + "/Package.swift", encoding: .utf8)
        let declared = Self.declaredDependencies(manifest)
        #expect(declared["Host"]?.contains("CBlkid") == true)
        for file in try SourceTree.swiftFiles(below: ["Sources"]) {
            let own = declared[file.target] ?? []
            for (number, line) in file.lines.enumerated() {
                guard let module = importedModule(line), module != file.target,
                    declared[module] != nil || module.hasPrefix("C") && module != "Cluster"
                else { continue }
                #expect(
                    own.contains(module),
                    "\(file.path):\(number + 1): Package.swift does not declare \(module)")
            }
        }
    }

    /// The names in each `library(…)` and `program(…)` of the manifest, by the first of them.
    static func declaredDependencies(_ manifest: String) -> [String: Set<String>] {
        var declared: [String: Set<String>] = [:]
        var rest = manifest[...]
        while let call = rest.firstRange(of: /\b(library|program)\(\s*"/) {
            let words = rest[call.lowerBound...].prefix { $0 != ")" }.split(separator: "\"")
            let names = stride(from: 1, to: words.count, by: 2).map { String(words[$0]) }
            declared[names[0]] = Set(names.dropFirst())
            rest = rest[call.upperBound...]
        }
        return declared
    }

    @Test func `no C type leaves its target`() throws {
        for file in try SourceTree.swiftFiles(below: ["Sources"]) {
            for (number, line) in file.lines.enumerated() {
                guard let module = importedModule(line), module.first == "C",
                    module.dropFirst().first?.isUppercase == true
                else { continue }
                #expect(
                    line.hasPrefix("internal import") || line.hasPrefix("private import"),
                    "\(file.path):\(number + 1): write 'internal import \(module)'")
            }
        }
    }

    @Test(arguments: [
        ("import FoundationEssentials", "FoundationEssentials"),
        ("public import AWS", "AWS"),
        ("@testable internal import struct Host.Files", "Host"),
    ])
    func `an import is read in each of its forms`(line: String, module: String) {
        #expect(importedModule(line[...]) == module)
        #expect(importedModule("// import X") == nil)
    }
}

/// The module that a line imports, if it is an import.
func importedModule(_ line: Substring) -> String? {
    var words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
    let levels: Set<Substring> = ["public", "package", "internal", "private", "fileprivate"]
    if let first = words.first, levels.contains(first) { words.removeFirst() }
    guard words.first == "import", words.count >= 2 else { return nil }
    let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "var", "let"]
    let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
    return name.split(separator: ".").first.map(String.init)
}
