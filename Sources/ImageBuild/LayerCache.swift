internal import CLinux
internal import Digests
internal import FoundationEssentials
internal import Glibc
internal import Host

/// Layers that were built, by their keys. A layer is there whole or not at all.
struct LayerCache: Sendable {
    /// What is in a layer's folder.
    struct Layer: Sendable {
        var key: String
        var folder: String
        var manifest: Manifest
        var suspects: [String: String]

        var tree: String { folder + "/tree" }
    }

    /// `layer.json`, written last.
    private struct Record: Codable {
        var name: String
        var manifest: String
        var suspects: [String: String]
        /// ``SecretScan/version``; the suspects are what that one found.
        var scan: Int?
    }

    let folder: String
    /// Package files and lists.
    let packages: String

    private var layers: String { folder + "/layers" }
    private var builds: String { folder + "/building" }

    /// Nil if it was never built, or is not whole.
    func layer(_ key: String) throws -> Layer? {
        let folder = "\(layers)/\(key)"
        guard let json = try Files().readIfPresent("\(folder)/layer.json") else { return nil }
        let record = try JSONDecoder().decode(Record.self, from: Data(json))
        let text = try Files().read("\(folder)/manifest", limit: 1 << 30)
        guard Digest.of(text).hex == record.manifest, record.scan == SecretScan.version,
            let manifest = Manifest(text: String(decoding: text, as: UTF8.self))
        else { return nil }
        return Layer(key: key, folder: folder, manifest: manifest, suspects: record.suspects)
    }

    /// A new work folder. What a killed build left is removed first: hold the lock.
    func makeWork(_ key: String) throws -> String {
        try Files().removeTree(builds)
        let work = "\(builds)/\(key)"
        try Files().makeDirectory(work + "/tree")
        try Files().changeMode(builds, 0o700)
        return work
    }

    /// Makes the work folder's `tree` the layer `key`.
    func keep(_ work: String, key: String, name: String, _ scan: TreeScan.Result) throws -> Layer {
        let text = Array(scan.manifest.text.utf8)
        let record = Record(
            name: name, manifest: Digest.of(text).hex, suspects: scan.suspects,
            scan: SecretScan.version)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let sealed = work + "/sealed"
        try Files().makeDirectory(sealed)
        try Files().rename(work + "/tree", to: sealed + "/tree")
        try Files().write(text, to: sealed + "/manifest")
        try Files().write(Array(try encoder.encode(record)), to: sealed + "/layer.json")
        try FileSystem.sync(sealed)
        let folder = "\(layers)/\(key)"
        // Nobody patches the programs with set-user-ID in it: no user is to reach them.
        try Files().makeDirectory(layers, mode: 0o700)
        try Files().removeTree(folder)
        try Files().rename(sealed, to: folder)
        try Files().removeTree(builds)
        return Layer(key: key, folder: folder, manifest: scan.manifest, suspects: scan.suspects)
    }

    func discardWork() { try? Files().removeTree(builds) }
}

enum FileSystem {
    /// What is in `folder` is on the disk before it counts as whole.
    static func sync(_ folder: String) throws {
        let descriptor = howdah_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw FileError("sync", folder, code: errno) }
        defer { close(descriptor) }
        guard howdah_sync_filesystem(descriptor) == 0 else {
            throw FileError("sync", folder, code: errno)
        }
    }
}

/// One build at a time uses a cache. The lock goes with the last process that has it open, so that
/// a sandbox that outlives its builder for a moment still holds it.
struct BuildLock: ~Copyable {
    /// Longer than any build takes that gets on.
    static let maximumWait = Duration.seconds(7200)

    let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Waits, telling `say` once.
    static func take(
        _ folder: String, limit: Duration = maximumWait, say: (String) -> Void
    ) async throws -> BuildLock {
        try Files().makeDirectory(folder)
        let path = folder + "/lock"
        let descriptor = howdah_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("lock", path, code: errno) }
        let lock = BuildLock(descriptor: descriptor)
        let end = ContinuousClock.now + limit
        var isTold = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw FileError("lock", path, code: errno)
            }
            guard ContinuousClock.now < end else {
                throw ImageError(
                    "another build has not let go of '\(folder)' for \(limit): end it, or name"
                        + " another cache")
            }
            if !isTold { say("waiting for another build that uses '\(folder)'") }
            isTold = true
            try await Task.sleep(for: .milliseconds(50))
        }
        return lock
    }

    deinit { close(descriptor) }
}
