import Archive
import Digests
import FoundationEssentials
import RPM
import RepoMetadata
import RepoPublish
import Support
import Testing

/// Whoever writes into a bucket or a mirror chooses these bytes.
@Suite(
    .serialized,
    .enabled(if: SampleRepository.isThere, "needs rpmbuild and createrepo_c: run scripts/setup"))
struct RepositoryFuzzTests {
    static let xml = [
        "<", ">", "&", "&amp;", "&#0;", "&#x10FFFF;", "&#x110000;", "<![CDATA[", "]]>", "<!--",
        "-->", "<?xml", "<!DOCTYPE", "</package>", "<package", "/>", "\"", "'", "=", "pkgid=\"",
        "packages=\"", "99999999999999999999", "-1", "\u{0}", "<metadata", "</metadata>",
    ]

    /// Several packages are hashed side by side: the one beside must not suffer.
    @Test func `a package of any bytes is read or refused, and the one beside it is read`()
        async throws
    {
        let sample = try await SampleRepository.shared.value
        try await withTemporaryDirectory { folder in
            let right = sample.packages[0]
            let digest = Digest.of(right)
            try writeFile("\(folder)/right.rpm", right)
            let target = FuzzTarget(
                name: "package",
                corpus: sample.packages + sample.packages.map(SampleRepository.withoutDigests),
                words: ["\u{8e}\u{ad}\u{e8}", "/", "\u{0}", "rpmlib(", "libc.so.6(GLIBC_2.34)"]
            ) { bytes in
                try writeFile("\(folder)/x.rpm", bytes)
                let found = Self.scan(["\(folder)/x.rpm", "\(folder)/right.rpm"])
                #expect(try found[1]?.get().digest == digest)
                let package = try #require(found[0]).get()
                #expect(package.size == bytes.count && package.digest == Digest.of(bytes))
                #expect(package.headerRange.upperBound <= package.size)
                for tag: HeaderTag in [.name, .version, .release, .summary, .baseNames] {
                    _ = package.header.text(tag)
                    _ = package.header.texts(tag)
                    _ = package.header.numbers(tag)
                }
            }
            try await Fuzzer.standard.run(target)
        }
    }

    private static func scan(_ paths: [String]) -> [Int: Result<PackageFile, PackageFileError>] {
        var found: [Int: Result<PackageFile, PackageFileError>] = [:]
        var next = 0
        var scanner = PackageScanner()
        scanner.scan(
            next: {
                defer { next += 1 }
                return next < paths.count ? .init(index: next, path: paths[next]) : nil
            },
            finished: { index, result in found[index] = result })
        return found
    }

    /// All the way: read, turned into metadata, written, read again.
    @Test func `a directory with a package of any bytes is indexed without it or with it`()
        async throws
    {
        let sample = try await SampleRepository.shared.value
        try await withTemporaryDirectory { folder in
            let corpus = sample.packages.map(SampleRepository.withoutDigests)
            let target = FuzzTarget(
                name: "index", corpus: corpus, words: ["\u{0}", "/", "<&\u{1}"]
            ) { bytes in
                try writeFile("\(folder)/x.rpm", bytes)
                let outcome = try await RepositoryIndexer(
                    directory: folder, options: IndexOptions(compression: .none), now: { 1000 }
                ).run()
                #expect(outcome.packages + outcome.leftOut.count == 1)
                let state = try Self.state(folder)
                #expect(state.records.count == outcome.packages)
                if !outcome.leftOut.isEmpty { throw Refused() }
            }
            try await Fuzzer.standard.run(target, iterations: Fuzzer.shortRun / 8)
        }
    }

    struct Refused: Error {}

    private static func state(_ folder: String) throws -> RepositoryState {
        let index = try RepomdIndex(reading: readFile("\(folder)/repodata/repomd.xml") ?? [])
        func content(_ type: String) throws -> [UInt8] {
            let record = try #require(index.record(type))
            return readFile("\(folder)/\(record.location)") ?? []
        }
        return try RepositoryState(
            primary: content("primary"), filelists: content("filelists"), other: content("other"))
    }

    @Test func `a repomd of any bytes is read or refused`() async throws {
        let sample = try await SampleRepository.shared.value
        let words =
            Self.xml + ["<data type=\"primary\">", "<location href=\"../../x\"/>", "sha256"]
        let target = FuzzTarget(name: "repomd", corpus: sample.repomd, words: words) { bytes in
            let index = try RepomdIndex(reading: bytes)
            for record in index.records { #expect(!record.location.isEmpty) }
        }
        try await Fuzzer.standard.run(target)
    }

    @Test func `a list of packages of any bytes is read or refused`() async throws {
        let sample = try await SampleRepository.shared.value
        let target = FuzzTarget(
            name: "locations", corpus: sample.metadata[.primary] ?? [], words: Self.xml
        ) { bytes in
            _ = try PackageLocation.list(reading: bytes)
        }
        try await Fuzzer.standard.run(target)
    }

    @Test(arguments: SampleRepository.Kind.allCases)
    func `metadata of any bytes is read or refused, and what is read is kept`(
        kind: SampleRepository.Kind
    ) async throws {
        let sample = try await SampleRepository.shared.value
        var right: [SampleRepository.Kind: [UInt8]] = [:]
        for kind in SampleRepository.Kind.allCases { right[kind] = sample.metadata[kind]?.first }
        let others = right
        let corpus = Array((sample.metadata[kind] ?? []).prefix(1))
        let target = FuzzTarget(name: kind.rawValue, corpus: corpus, words: Self.xml) { bytes in
            var files = others
            files[kind] = bytes
            try Self.check(files)
        }
        try await Fuzzer.standard.run(target)
    }

    /// What is accepted comes through a snapshot as it was.
    private static func check(_ files: [SampleRepository.Kind: [UInt8]]) throws {
        let state = try RepositoryState(
            primary: files[.primary] ?? [], filelists: files[.filelists] ?? [],
            other: files[.other] ?? [])
        let pieces = try state.pieces(Array(state.records.indices))
        #expect(pieces.count == state.records.count)
        let written = try state.snapshot(SnapshotOptions(time: 1000)).files
        func content(_ kind: SampleRepository.Kind) -> [UInt8] {
            written.first { $0.path.contains("-\(kind.rawValue).xml") }?.bytes ?? []
        }
        let again = try? RepositoryState(
            primary: content(.primary), filelists: content(.filelists), other: content(.other))
        #expect(again?.records == state.records)
    }

    /// Cut into members as our own files are, so that the pieces are taken as they come.
    @Test(arguments: [Compression.gzip, .zstd], SampleRepository.Kind.allCases)
    func `metadata in members of any bytes is read or refused, and what is read is kept`(
        compression: Compression, kind: SampleRepository.Kind
    ) async throws {
        let sample = try await SampleRepository.shared.value
        let right = sample.metadata.compactMapValues(\.first)
        let target = FuzzTarget(
            name: "members-\(compression)-\(kind.rawValue)", corpus: [right[kind] ?? []],
            words: Self.xml
        ) { bytes in
            var files = right
            files[kind] = bytes
            try Self.check(
                files.mapValues { content in
                    try Self.members(content).flatMap { try Compressor.compress($0, compression) }
                })
        }
        try await Fuzzer.standard.run(target, iterations: Fuzzer.shortRun / 25)
    }

    /// Opening, packages, closing.
    private static func members(_ content: [UInt8]) -> [[UInt8]] {
        let start = content.firstRange(of: Array("<package ".utf8))?.lowerBound ?? 0
        let mark = Array("</package>\n".utf8)
        let end = content.ranges(of: mark).last?.upperBound ?? content.count
        guard start < end else { return [content] }
        return [content[..<start], content[start..<end], content[end...]].map { Array($0) }
    }

    @Test(arguments: [Compression.gzip, .zstd, .xz, .bzip2])
    func `compressed bytes of any kind are unpacked within the limit or refused`(
        compression: Compression
    ) async throws {
        let sample = try await SampleRepository.shared.value
        let primary = sample.metadata[.primary]?.first ?? []
        // Two streams, one after the other: what is spliced looks like this.
        let once = try Compressor.compress(primary, compression)
        let corpus = [once, once + (try Compressor.compress([1, 2, 3], compression))]
        let target = FuzzTarget(name: "unpack-\(compression)", corpus: corpus) { bytes in
            let limit = 1 << 20
            let content = try Decompressor.decompress(bytes, limit: limit)
            #expect(content.count <= limit)
        }
        try await Fuzzer.standard.run(target)
    }
}
