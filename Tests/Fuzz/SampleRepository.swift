import Archive
import FoundationEssentials
import RepoPublish
import Support

/// Packages by rpmbuild, and their metadata by createrepo_c and by us.
struct SampleRepository: Sendable {
    var packages: [[UInt8]] = []
    var repomd: [[UInt8]] = []
    /// Each of primary, filelists and other, as XML.
    var metadata: [Kind: [[UInt8]]] = [:]

    enum Kind: String, CaseIterable, Sendable {
        case primary, filelists, other
    }

    static var isThere: Bool { Command.exists("rpmbuild") && Command.exists("createrepo_c") }

    /// Made once.
    static let shared = Task { try await make() }

    private static func make() async throws -> SampleRepository {
        try await withTemporaryDirectory { folder in
            let builder = RPMBuilder(directory: folder)
            try await builder.build(
                .init(
                    "plain", requires: ["/bin/sh", "b >= 1:2-3", "(a if b)"], provides: ["p = 1"],
                    files: ["/etc/plain.conf": "x", "/usr/bin/plain": "y"],
                    preamble: ["Recommends: r", "Obsoletes: o < 2"],
                    sections: "%changelog\n* Mon Jan 01 2024 Ä <a@b> - 1-1\n- <first> & last\n"))
            try await builder.build(.init("c++-lib", epoch: 4_000_000_000))
            var sample = SampleRepository()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            where name.hasSuffix(".rpm") {
                sample.packages.append(readFile("\(folder)/\(name)") ?? [])
            }
            try await Command.run("createrepo_c", ["--no-database", "--quiet", folder])
            try sample.add("\(folder)/repodata")
            try FileManager.default.removeItem(atPath: "\(folder)/repodata")
            _ = try await RepositoryIndexer(
                directory: folder, options: IndexOptions(compression: .zstd), now: { 1000 }
            ).run()
            try sample.add("\(folder)/repodata")
            return sample
        }
    }

    private mutating func add(_ folder: String) throws {
        repomd.append(readFile("\(folder)/repomd.xml") ?? [])
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            for kind in Kind.allCases where name.contains("-\(kind.rawValue).xml") {
                metadata[kind, default: []].append(
                    try Decompressor.decompress(file: "\(folder)/\(name)", limit: 1 << 24))
            }
        }
    }

    /// A package without the signature header's digests, so that changes of its main header are
    /// read, and not refused at once.
    static func withoutDigests(_ package: [UInt8]) -> [UInt8] {
        func number(_ offset: Int) -> Int {
            package[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        let size = 16 + 16 * number(96 + 8) + number(96 + 12)
        let main = 96 + size + (8 - size % 8) % 8
        // One entry: the unpacked size (tag 1007, one number of 32 bits), and padding.
        let signature: [UInt8] =
            [0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]
            + [0, 0, 3, 0xef, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1] + [0, 0, 0, 9] + [0, 0, 0, 0]
        return Array(package[..<96]) + signature + package[main...]
    }
}
