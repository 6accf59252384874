import Archive
import Digests
import FoundationEssentials
import Glibc
import RepoMetadata
import Support
import Testing

/// Our program, as it was built beside these tests.
enum HowdahProgram {
    static let path: String = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = (own ?? "").split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let beside = folder + "/howdah"
        return access(beside, X_OK) == 0 ? beside : Checkout.root + "/.build/debug/howdah"
    }()

    @discardableResult
    static func run(
        _ arguments: [String], environment: [String: String] = [:], mayFail: Bool = false
    ) async throws -> Command.Output {
        try await Command.run(
            path, arguments, environment: environment, mayFail: mayFail)
    }
}

/// Our program under createrepo_c's name.
struct CreaterepoLink {
    let path: String

    init(in directory: String) throws {
        path = directory + "/createrepo_c"
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: HowdahProgram.path)
    }

    @discardableResult
    func run(_ arguments: [String], mayFail: Bool = false) async throws -> Command.Output {
        try await Command.run(path, arguments, mayFail: mayFail)
    }
}

/// A time that comparisons leave out, as they do the time of createrepo_c's own runs.
let today: Int64 = 1_800_000_000

/// What a repository's metadata says, without what depends on time and on how well it is packed.
struct Metadata: Equatable {
    /// `repomd.xml`, masked.
    let repomd: String
    /// By type, decompressed.
    let files: [String: [UInt8]]
    /// Names in `repodata`, without checksums.
    let names: [String]

    init(_ directory: String) throws {
        let bytes = try readWhole(directory + "/repodata/repomd.xml")
        var files: [String: [UInt8]] = [:]
        for record in try RepomdIndex(reading: bytes, acceptsWeak: true).records {
            let path = "\(directory)/\(record.location)"
            #expect(Digest.of(try readWhole(path), record.digest.algorithm) == record.digest)
            files[record.type] = try Decompressor.decompress(file: path, limit: 1 << 28)
        }
        self.files = files
        repomd = Self.mask(String(decoding: bytes, as: UTF8.self))
        names = try FileManager.default.contentsOfDirectory(atPath: directory + "/repodata")
            .map { Self.withoutChecksum($0) }.sorted()
    }

    func expectSame(
        as other: Metadata, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = difference(to: other)
        #expect(found == nil, "\(what)", sourceLocation: sourceLocation)
    }

    /// The first thing in which another one differs.
    private func difference(to other: Metadata) -> String? {
        if self == other { return nil }
        let types = Set(files.keys).union(other.files.keys).sorted()
        for type in types {
            if let found = firstDifference(files[type] ?? [], other.files[type] ?? []) {
                return "\(type): \(found)"
            }
        }
        return firstDifference(Array(repomd.utf8), Array(other.repomd.utf8)).map { "repomd: \($0)" }
            ?? "names: \(names), \(other.names)"
    }

    /// Of a record with an open checksum, its own checksum and size say how it was packed.
    private static func mask(_ repomd: String) -> String {
        repomd.split(separator: "  <data ").map { part in
            let isPacked = part.contains("<open-checksum")
            return part.split(separator: "\n").map { line in
                let name = line.drop { $0 == " " }.prefix { !"> ".contains($0) }
                switch name {
                case "<timestamp": return masked(line, below: 1_000_000_000)
                case "<revision": return masked(line, below: 1_000_000_000)
                case "<checksum", "<size": return isPacked ? "\(name)" : "\(line)"
                case "<location":
                    let quoted = line.split(separator: "\"")
                    let place = quoted.count > 1 ? String(quoted[1]) : ""
                    return isPacked ? "\(name) \(withoutChecksum(place))" : "\(line)"
                default: return "\(line)"
                }
            }.joined(separator: "\n")
        }.joined(separator: "\n---\n")
    }

    /// A time of today is no part of a comparison, one that was asked for is.
    private static func masked(_ line: Substring, below limit: Int) -> String {
        let digits = line.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
        return Int(digits).map { $0 < limit } ?? true ? String(line) : "time"
    }

    private static func withoutChecksum(_ place: String) -> String {
        let name = place.split(separator: "/").last.map(String.init) ?? place
        let digits = name.prefix { $0.isHexDigit }
        return digits.count >= 32 ? String(name.dropFirst(digits.count)) : name
    }
}
