import Archive
import FoundationEssentials
import Support
import Testing

@Suite struct ArchiveInteropTests {
    static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 9) }
    static let programs: [(Compression, String)] = [
        (.gzip, "gzip"), (.zstd, "zstd"), (.xz, "xz"), (.bzip2, "bzip2"),
    ]

    @Test(arguments: programs.map(\.0), [content, [], [7]])
    func `what is compressed comes back`(compression: Compression, content: [UInt8]) throws {
        let packed = try Compressor.compress(content, compression)
        #expect(try Decompressor.decompress(packed, limit: 1 << 20) == content)
        #expect(packed.count < content.count || content.count < 10)
    }

    // zstd's program is not on every machine that has its library.
    @Test(arguments: programs.filter { Command.exists($0.1) })
    func `the format's own program reads it`(compression: Compression, program: String)
        async throws
    {
        try await withTemporaryDirectory { directory in
            let path = directory + "/content" + compression.suffix
            try Data(Compressor.compress(Self.content, compression)).write(
                to: URL(filePath: path))
            try await Command.run(program, ["-d", path])
            let read = try Data(contentsOf: URL(filePath: directory + "/content"))
            #expect([UInt8](read) == Self.content)
        }
    }

    @Test(arguments: [Compression.gzip, .zstd])
    func `pieces one after another are one content`(compression: Compression) throws {
        let packed =
            try Compressor.compress(Self.content, compression)
            + Compressor.compress([1, 2, 3], compression)
        #expect(try Decompressor.decompress(packed, limit: 1 << 20) == Self.content + [1, 2, 3])
    }

    @Test func `content longer than the limit is refused`() throws {
        let packed = try Compressor.compress(Self.content, .gzip)
        #expect(throws: ArchiveError.tooLong(name: "x", limit: 1000)) {
            try Decompressor.decompress(packed, limit: 1000, name: "x")
        }
    }

    @Test func `a cut file is an error`() throws {
        let packed = try Compressor.compress(Self.content, .gzip)
        #expect(throws: ArchiveError.self) {
            try Decompressor.decompress(Array(packed.dropLast(200)), limit: 1 << 20)
        }
    }

    @Test func `the same bytes give the same file`() async throws {
        let first = try Compressor.compress(Self.content, .gzip)
        #expect(Array(first[4..<8]) == [0, 0, 0, 0])
        #expect(try Compressor.compress(Self.content, .gzip) == first)
    }
}
