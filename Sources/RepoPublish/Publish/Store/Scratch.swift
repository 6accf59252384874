internal import Digests
internal import Host

/// A file for the time of one reading, in the folder for large temporary files (hier(7)).
enum Scratch {
    static let folder = "/var/tmp"

    static func with<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        let file = "\(folder)/howdah-publish-\(random)"
        defer { try? Files().remove(file) }
        return try await body(file)
    }
}

extension ObjectStore {
    /// The digest of an object's content, read from start to end; nil if there is no object.
    func digest(_ path: String, _ algorithm: DigestAlgorithm) async throws -> Digest? {
        try await Scratch.with { try await fetch(path, to: $0, algorithm)?.digest }
    }
}
