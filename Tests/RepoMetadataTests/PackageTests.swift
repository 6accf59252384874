import Digests
import RepoMetadata
import Testing

/// What rpmbuild would not put into a package, and so createrepo_c cannot be asked about in the
/// interop tests: the rules are those of its source.
@Suite struct PackageTests {
    @Test(arguments: [
        ("", "", "", ""), ("1.0", "0", "1.0", ""), ("1.0-2", "0", "1.0", "2"),
        ("3:1.0-2", "3", "1.0", "2"), (":1.0-2", "0", "1.0", "2"), ("1.0-2-3", "0", "1.0", "2-3"),
        ("1:2:3-4", "1", "2:3", "4"),
    ])
    func `a version is split into its parts`(
        text: String, epoch: String, version: String, release: String
    ) {
        let parts = EVR(
            epoch: Array(epoch.utf8), version: Array(version.utf8), release: Array(release.utf8))
        #expect(EVR(splitting: Array(text.utf8)) == parts)
    }

    @Test func `a relation whose epoch is no number is dropped`() {
        let relation = Relation(name: Array("a".utf8), flags: 8, version: Array("x:1".utf8))
        #expect(Dependency(relation) == nil)
    }

    @Test func `a control character rejects the package`() {
        var package = Self.package
        package.description = Array("bell \u{7}".utf8)
        #expect(throws: PackageTextError.self) { try PackagePieces(package) }
        package.description = Array("tab\tline\n".utf8)
        #expect(throws: Never.self) { try PackagePieces(package) }
        package.changelog = [ChangelogEntry(date: 1, author: [1], text: [])]
        #expect(throws: PackageTextError.self) { try PackagePieces(package) }
    }

    @Test func `what is not valid UTF-8 is read as Latin-1`() throws {
        var package = Self.package
        package.summary = [0x47, 0x72, 0xfc, 0xdf, 0x65, 0x80]
        package.name = [0xfc]
        let pieces = try PackagePieces(package)
        #expect(String(decoding: pieces.primary, as: UTF8.self).contains(">Grüße</summary>"))
        #expect(String(decoding: pieces.other, as: UTF8.self).contains("name=\"&#xFC;\""))
    }

    @Test func `an attribute escapes quotes and white space, text does not`() throws {
        var package = Self.package
        package.location = Array("a\t\"b\"\n&.rpm".utf8)
        package.url = Array("\"\r\n".utf8)
        let primary = String(decoding: try PackagePieces(package).primary, as: UTF8.self)
        #expect(primary.contains("href=\"a&#9;&quot;b&quot;&#10;&amp;.rpm\""))
        #expect(primary.contains("<url>\"&#13;\n</url>"))
    }

    @Test func `equal dates of a changelog are moved apart`() {
        let entries = [5, 5, 5, 4].map { ChangelogEntry(date: $0, author: [65, 32], text: []) }
        let kept = Changelog.select(entries, limit: 10)
        #expect(kept.map(\.date) == [4, 5, 6, 7])
        #expect(kept.allSatisfy { $0.author == [65] })
        #expect(Changelog.select(entries, limit: 2).map(\.date) == [5, 6])
        #expect(Changelog.select(entries, limit: -1).count == 4)
        #expect(Changelog.select(entries, limit: 0) == [])
    }

    @Test func `a file list that points out of its directories is refused`() {
        #expect(FileList(directories: [[47]], files: [(1, [65], .file)]) == nil)
        #expect(FileList(directories: [[47]], files: [(0, [65], .file)]) != nil)
    }

    @Test func `repomd is read back as it was written`() throws {
        let digest = Digest.of([1])
        let record = RepomdDocument.Record(
            type: "primary", location: "repodata/a&b.xml.gz", digest: digest, size: 7,
            openDigest: Digest.of([2]), openSize: 9, timestamp: 5)
        let index = try RepomdIndex(
            reading: RepomdDocument(revision: "5", records: [record]).bytes)
        #expect(index.revision == "5")
        let read = try #require(index.record("primary"))
        #expect(read.location == record.location && read.digest == digest && read.size == 7)
        #expect(read.openDigest == record.openDigest && read.openSize == 9)
    }

    private static var package: Package {
        Package(digest: Digest.of([]), location: Array("p.rpm".utf8))
    }
}
