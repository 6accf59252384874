import Archive
import FoundationEssentials
import RepoPublish
import Support
import Testing

/// Debian's dnf as the reader of what we wrote.
@Suite(.enabled(if: Command.exists("dnf"), "needs dnf"))
struct DnfTests {
    @Test(arguments: [Compression.gzip, .zstd])
    func `dnf verifies, lists and installs`(compression: Compression) async throws {
        try await withSignedRepository { directory, keyFile in
            try await index(
                directory, IndexOptions(compression: compression, keyFile: keyFile), at: 5000)
            try await withHTTPServer(directory) { url in
                let dnf = try Dnf(directory: directory + "/../dnf", url: url)
                let list = try await dnf.run(["list", "--available"])
                for name in ["one.noarch", "two.noarch", "three.noarch"] {
                    #expect(list.contains(name))
                }
                try await dnf.run(["install", "one", "three"])
                let files = FileManager.default
                #expect(files.fileExists(atPath: dnf.root + "/usr/share/one/version"))
                #expect(files.fileExists(atPath: dnf.root + "/usr/share/three/version"))
                #expect(!files.fileExists(atPath: dnf.root + "/usr/share/two/version"))
            }
        }
    }

    @Test func `dnf refuses a repomd that the key did not sign`() async throws {
        try await withSignedRepository { directory, _ in
            let path = directory + "/repodata/repomd.xml"
            try writeFile(path, try readWhole(path) + Array("<!-- changed -->".utf8))
            try await withHTTPServer(directory) { url in
                let dnf = try Dnf(directory: directory + "/../dnf", url: url)
                await #expect(throws: Command.Failure.self) {
                    try await dnf.run(["list", "--available"])
                }
            }
        }
    }
}

/// dnf with a root, a cache and a configuration of its own.
struct Dnf {
    let root: String
    private let configuration: String

    /// `keyFile` is the public key of metadata and packages; `more` are further sections.
    init(
        directory: String, url: String, keyFile: String? = nil, isSigned: Bool = true,
        more: String = ""
    ) throws {
        root = directory + "/root"
        configuration = directory + "/dnf.conf"
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true)
        let text = """
            [main]
            reposdir=/nonexistent
            cachedir=\(directory)/cache
            persistdir=\(directory)/persist
            logdir=\(directory)/log
            plugins=0
            gpgcheck=1
            [test]
            name=test
            baseurl=\(url)
            repo_gpgcheck=\(isSigned ? 1 : 0)
            gpgkey=file://\(keyFile ?? directory + "/../public.asc")
            \(more)

            """
        try writeFile(configuration, Array(text.utf8))
    }

    @discardableResult
    func run(_ arguments: [String]) async throws -> String {
        let options = [
            "--config", configuration, "--installroot", root, "--releasever=9", "--assumeyes",
        ]
        return try await Command.run("dnf", options + arguments).output
    }
}

/// Serves a directory with Python's server on a free port of 127.0.0.1.
func withHTTPServer(_ directory: String, _ body: (String) async throws -> Void)
    async throws
{
    try await withTemporaryDirectory { temporary in
        let log = temporary + "/http.log"
        let server = try ServerProcess.start(
            "/usr/bin/python3",
            ["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", directory, "0"],
            logPath: log)
        defer { server.stop() }
        // It prints the port that it was given.
        var port: Substring?
        try await server.wait(for: "http.server") {
            let text = String(decoding: readFile(log) ?? [], as: UTF8.self)
            port = text.split(separator: " port ").last?.prefix { $0.isNumber }
            return text.contains(" port ") && port?.isEmpty == false
        }
        try await body("http://127.0.0.1:\(port ?? "")/")
    }
}
