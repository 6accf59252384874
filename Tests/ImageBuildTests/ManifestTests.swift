import Digests
import Testing

@testable import ImageBuild

@Suite struct ManifestTests {
    static let empty = Digest.of([])

    static func file(_ path: String, _ content: String = "") -> ManifestEntry {
        let bytes = Array(content.utf8)
        return ManifestEntry(
            path: path, kind: .file(size: UInt64(bytes.count), digest: Digest.of(bytes)),
            mode: 0o644)
    }

    static func entry(_ path: String, _ kind: ManifestEntry.Kind) -> ManifestEntry {
        ManifestEntry(path: path, kind: kind, mode: 0o755)
    }

    @Test func `a manifest is one line an entry, sorted, and reads back`() throws {
        let manifest = Manifest([
            Self.entry("etc", .directory), Self.file("etc/hosts", "hello\n"),
            Self.entry("bin", .link(target: "usr/bin")),
            Self.entry("dev/null", .character(major: 1, minor: 3)),
            ManifestEntry(
                path: "usr/bin/ping", kind: .file(size: 0, digest: Self.empty), mode: 0o4755,
                user: 5, group: 6, attributes: Self.empty),
        ])
        let digest = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
        #expect(
            manifest.text == """
                bin l 0755 0 0 7 usr/bin
                dev/null c 0755 0 0 0 1:3
                etc d 0755 0 0 0 -
                etc/hosts f 0644 0 0 6 \(digest)
                usr/bin/ping f 4755 5 6 0 \(Self.empty.hex) \(Self.empty.hex)

                """)
        #expect(Manifest(text: manifest.text) == manifest)
        #expect(manifest.size == 6)
        #expect(manifest["etc/hosts"] != nil)
        #expect(manifest["etc/host"] == nil)
    }

    @Test(arguments: [
        "etc d 0755 0 0", "etc x 0755 0 0 0 -", "etc f 0755 0 0 0 xyz", "e d 9 0 0 0 -",
    ])
    func `a line that is none of ours is refused`(line: String) {
        #expect(Manifest(text: line + "\n") == nil)
    }

    @Test func `a path in any encoding is one word of ASCII, and comes back`() {
        let path: [UInt8] = Array("a b\\ü\n".utf8) + [0xff]
        #expect(TreePath.escape(path) == #"a\040b\134\303\274\012\377"#)
        #expect(TreePath.unescape(TreePath.escape(path)) == path)
        #expect(TreePath.unescape(#"a\9"#) == nil)
        #expect(TreePath.unescape(#"a\999"#) == nil)
    }
}

@Suite struct MergedTreeTests {
    private func merged(_ layers: [ManifestEntry]...) -> [String] {
        MergedTree(layers: layers.map { Manifest($0) }).items.map {
            "\($0.entry.path)@\($0.layer)"
        }
    }

    static let below = [
        ManifestTests.entry("a", .directory), ManifestTests.file("a/x"),
        ManifestTests.file("a/y"), ManifestTests.file("a-b"),
        ManifestTests.entry("a/d", .directory), ManifestTests.file("a/d/z"),
    ]

    @Test func `a file above hides the one below, a folder only itself`() {
        let above = [ManifestTests.entry("a", .directory), ManifestTests.file("a/x", "new")]
        #expect(
            merged(Self.below, above) == ["a@1", "a-b@0", "a/d@0", "a/d/z@0", "a/x@1", "a/y@0"])
    }

    @Test func `a whiteout hides a path and all below it`() {
        #expect(
            merged(Self.below, [ManifestTests.entry("a/d", .whiteout)])
                == ["a@0", "a-b@0", "a/x@0", "a/y@0"])
        #expect(merged(Self.below, [ManifestTests.entry("a", .whiteout)]) == ["a-b@0"])
    }

    @Test func `an opaque folder hides what was in it`() {
        let above = [
            ManifestTests.entry("a", .opaqueDirectory), ManifestTests.file("a/new"),
        ]
        let tree = MergedTree(layers: [Manifest(Self.below), Manifest(above)])
        #expect(tree.items.map(\.entry.path) == ["a", "a-b", "a/new"])
        #expect(tree["a"]?.entry.kind == .directory)
    }

    @Test func `a file in place of a folder hides what was in it`() {
        #expect(merged(Self.below, [ManifestTests.file("a")]) == ["a@1", "a-b@0"])
    }

    @Test func `what one layer took away a third can bring back`() {
        let gone = [ManifestTests.entry("a", .whiteout)]
        #expect(merged(Self.below, gone, Self.below).allSatisfy { $0.hasSuffix("@2") })
    }
}
