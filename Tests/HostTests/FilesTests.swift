import Glibc
import Support
import Testing

@testable import Host

/// A folder of the test's own, removed when its owner goes.
final class Folder: Sendable {
    let path: String
    let files: Files

    init() throws {
        path = "/tmp/howdah-host-\(UInt64.random(in: .min ... .max))"
        files = Files(root: path)
        try files.makeDirectory("/")
    }

    deinit { try? Files().removeTree(path) }
}

@Suite struct FilesTests {
    let folder: Folder
    var files: Files { folder.files }

    init() throws { folder = try Folder() }

    @Test func `a replaced file keeps its mode, a new one gets 0644`() async throws {
        try files.write("a", to: "/f", mode: 0o600)
        try files.write("b", to: "/f")
        try files.write("c", to: "/g")
        let modes = try await ProcessRunner().require(
            "stat", ["-c", "%a %s", folder.path + "/f", folder.path + "/g"])
        #expect(modes.outputText == "600 1\n644 1\n")
        #expect(try files.text("/f") == "b")
        #expect(try files.list("/") == ["f", "g"])
    }

    @Test(.enabled(if: getuid() == 0, "only root may set SELinux's labels"))
    func `a replaced file keeps its SELinux label`() async throws {
        try files.write("a", to: "/f")
        let (name, label) = ("security.selinux", "system_u:object_r:etc_t:s0")
        let (set, get) = (
            "import os, sys; os.setxattr(sys.argv[1], sys.argv[2], sys.argv[3].encode())",
            "import os, sys; print(os.getxattr(sys.argv[1], sys.argv[2]).decode())"
        )
        let file = folder.path + "/f"
        try await ProcessRunner().require("python3", ["-c", set, file, name, label])
        try files.write("b", to: "/f")
        let found = try await ProcessRunner().require("python3", ["-c", get, file, name])
        #expect(found.outputText == label + "\n")
    }

    @Test func `a write that fails leaves the old file and no other`() throws {
        try files.makeDirectory("/d")
        #expect(throws: FileError.self) { try files.write("x", to: "/d") }
        #expect(try files.list("/") == ["d"])
        #expect(try files.list("/d") == [])
    }

    @Test func `two dots are refused`() {
        let error = #expect(throws: FileError.self) { try files.read("/a/../../etc/passwd") }
        #expect(error?.description.contains("'..'") == true)
    }

    @Test func `what is longer than the limit is refused`() throws {
        try files.write(String(repeating: "x", count: 11), to: "/long")
        #expect(try files.read("/long", limit: 11).count == 11)
        #expect(throws: FileError.self) { try files.read("/long", limit: 10) }
    }

    @Test func `a missing file is nil, a directory is an error`() throws {
        #expect(try files.textIfPresent("/none") == nil)
        try files.makeDirectory("/dir")
        #expect(throws: FileError.self) { try files.textIfPresent("/dir") }
    }

    @Test func `a tree is removed without following links`() throws {
        try files.write("kept", to: "/kept")
        try files.makeDirectory("/tree/below")
        try files.symlink("/tree/below/link", to: folder.path + "/kept")
        #expect(try files.linkTarget("/tree/below/link") == folder.path + "/kept")
        try files.removeTree("/tree")
        #expect(try files.list("/") == ["kept"])
    }

    @Test func `a temporary name is known again, and no other`() {
        #expect(Files.isTemporary(Files.temporaryName("repomd.xml")))
        for name in [
            ".howdah-1-2", "a.howdah-", "a.howdah-1", "a.howdah-1-2-3", "a.howdah-b-2",
            "a.howdah-1-",
            ".howdah-lock", "a.howdah-notes",
        ] {
            #expect(!Files.isTemporary(name), "\(name)")
        }
    }

    @Test func `the tail of a file begins with a line`() async throws {
        try await withTemporaryDirectory { folder in
            let files = Files(root: folder)
            try files.write("one\ntwo\nthree\n", to: "/f")
            func tail(_ limit: Int) throws -> String? {
                try files.tail("/f", limit: limit).map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(try tail(14) == "one\ntwo\nthree\n")
            #expect(try tail(13) == "two\nthree\n")
            #expect(try tail(6) == "")
            #expect(try tail(8) == "three\n")
            #expect(try files.tail("/none", limit: 8) == nil)
            #expect(try files.tail("/", limit: 8) == nil)
        }
    }
}
