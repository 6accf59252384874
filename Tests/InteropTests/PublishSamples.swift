import Digests
import FoundationEssentials
import RepoMetadata
import RepoPublish
import Support
import Testing

/// Three packages and their signed index; hands the directory and the key's file to `body`.
func withSignedRepository(_ body: (String, String) async throws -> Void) async throws {
    try await withTemporaryDirectory { temporary in
        try await TestKey.with { key in
            let directory = temporary + "/repo"
            let builder = RPMBuilder(directory: temporary + "/built")
            let files = FileManager.default
            try files.createDirectory(
                atPath: directory + "/sub", withIntermediateDirectories: true)
            for (name, file) in [("one", "one"), ("two", "two"), ("three", "sub/three+x")] {
                let path = try await builder.build(.init(name), signedBy: key)
                try files.moveItem(atPath: path, toPath: "\(directory)/\(file).rpm")
            }
            let keyFile = temporary + "/key.asc"
            try writeFile(keyFile, Array(key.secretKey.utf8))
            try writeFile(temporary + "/public.asc", Array(key.publicKey.utf8))
            let outcome = try await index(directory, IndexOptions(keyFile: keyFile))
            #expect(outcome.isSigned)
            try await body(directory, keyFile)
        }
    }
}

/// Directories with one package each, indexed but not signed, by the package's name.
func withDirectories(
    _ packages: [RPMBuilder.Package], _ body: ([String]) async throws -> Void
) async throws {
    try await withTemporaryDirectory { temporary in
        var directories: [String] = []
        for (number, package) in packages.enumerated() {
            let directory = "\(temporary)/\(number)"
            try await RPMBuilder(directory: directory).build(package)
            try await index(directory)
            directories.append(directory)
        }
        try await body(directories)
    }
}

func settings(at time: Int64 = 1000, key: String? = nil) -> ChangeSettings {
    ChangeSettings(
        key: key.map { .file($0) }, who: "tester@host", now: { time }, random: { 0.1 })
}

@discardableResult
func publish(
    _ directory: String, _ store: any ObjectStore, at time: Int64 = 1000, key: String? = nil,
    replaces: Bool = false, deletingAtMost limit: Int? = nil
) async throws -> PublishOutcome {
    try await Publisher(
        directory: directory, store: store, settings: settings(at: time, key: key),
        replaces: replaces, deletingAtMost: limit
    ).run()
}

/// What a reader of a repository finds; every checksum is checked on the way.
func verify(_ store: any ObjectStore, isDeep: Bool = true) async throws -> VerifyReport {
    try await RepositoryVerifier(store: store, isDeep: isDeep, keyFiles: []).run()
}

/// The names of the packages that readers see, sorted.
func names(_ store: any ObjectStore) async throws -> [String] {
    try await records(store).map { String(decoding: $0.name, as: UTF8.self) }.sorted()
}

/// Reads an index as a client does.
func records(_ store: any ObjectStore) async throws -> [PackageRecord] {
    let limit = 1 << 24
    let repomd = try #require(try await store.read("repodata/repomd.xml", limit: limit))
    let index = try RepomdIndex(reading: repomd.bytes)
    var files: [[UInt8]] = []
    for kind in MetadataFile.allCases {
        let record = try #require(index.record(kind.rawValue))
        let file = try #require(try await store.read(record.location, limit: limit))
        #expect(Digest.of(file.bytes) == record.digest)
        files.append(file.bytes)
    }
    return try RepositoryState(primary: files[0], filelists: files[1], other: files[2]).records
}

func readWhole(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}

/// The folder that a path is in.
func parent(_ path: String) -> String {
    "/" + path.split(separator: "/").dropLast().joined(separator: "/")
}
