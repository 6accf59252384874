import FoundationEssentials
import RepoPublish
import Support
import Testing

/// Debian's zypper as the reader of what we wrote.
@Suite(.enabled(if: Command.exists("zypper"), "needs zypper"))
struct ZypperTests {
    @Test(arguments: ["gz", "zstd", "xz", "bz2"])
    func `zypper verifies, lists and fetches`(compression: String) async throws {
        try await withSignedRepository { directory, keyFile in
            let odd = directory + "/odd +~^%20 name.rpm"
            try FileManager.default.moveItem(atPath: directory + "/one.rpm", toPath: odd)
            try writeFile(directory + "/comps.xml", Array(IndexOptionsTests.comps.utf8))
            try await HowdahProgram.run([
                "repo", "index", "--general-compress-type", compression, "--sign", keyFile,
                "-g", "comps.xml", directory,
            ])
            try await withHTTPServer(directory) { url in
                let root = directory + "/../zypper"
                let zypper = Zypper(root: root)
                try zypper.add(url, key: directory + "/../public.asc")
                try await zypper.run(["--gpg-auto-import-keys", "refresh"])
                let list = try await zypper.run(["--no-refresh", "search", "--details"])
                for name in ["one", "two", "three"] { #expect(list.contains("| \(name) ")) }
                try await zypper.run(["--no-refresh", "install", "--download-only", "one"])
                let cache = root + "/var/cache/zypp/packages/test"
                let fetched = try FileManager.default.contentsOfDirectory(atPath: cache)
                #expect(fetched == ["odd +~^%20 name.rpm"])
                #expect(try readWhole("\(cache)/\(fetched.first ?? "")") == readWhole(odd))
            }
        }
    }
}

/// zypper with a root of its own.
struct Zypper {
    let root: String

    /// `key` is the file of the public key of metadata and packages.
    func add(_ url: String, key: String) throws {
        let folder = root + "/etc/zypp/repos.d"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let lines = [
            "[test]", "name=test", "enabled=1", "type=rpm-md", "baseurl=\(url)", "gpgcheck=1",
            "repo_gpgcheck=1", "gpgkey=file://\(key)", "",
        ]
        try writeFile(folder + "/test.repo", Array(lines.joined(separator: "\n").utf8))
    }

    @discardableResult
    func run(_ arguments: [String]) async throws -> String {
        try FileManager.default.createDirectory(
            atPath: root + "/var/lib/rpm", withIntermediateDirectories: true)
        let options = ["--root", root, "--non-interactive"]
        return try await Command.run("zypper", options + arguments).output
    }
}
