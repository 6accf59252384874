public import Digests

/// Where a package is and what it must be, as primary metadata says.
public struct PackageLocation: Sendable, Hashable {
    /// Below the repository's root, not encoded.
    public let path: String
    public let digest: Digest
    /// Bytes.
    public let size: Int64

    /// More packages are refused.
    public static let maximumCount = 1_000_000

    /// Reads what `primary.xml` says of its packages, in its order.
    public static func list(reading primary: [UInt8]) throws(RepomdError) -> [PackageLocation] {
        var reader = PrimaryReader()
        do {
            var events = XMLEvents(primary)
            while let event = try events.next() { try reader.take(event) }
        } catch let error as RepomdError {
            throw error
        } catch {
            throw .malformed("primary metadata: \(error)")
        }
        return reader.packages
    }
}

private struct PrimaryReader {
    private(set) var packages: [PackageLocation] = []
    private var path: String?
    private var size: Int64?
    private var algorithm: DigestAlgorithm?
    private var digest: Digest?
    private var text = ""

    mutating func take(_ event: XMLEvents.Event) throws(RepomdError) {
        switch event {
        case .start(let name, let attributes): start(name, attributes)
        case .text(let part): text += part
        case .end("checksum"):
            digest = algorithm.flatMap { Digest($0, hex: text) }
        case .end("package"): try finish()
        case .end: break
        }
    }

    private mutating func start(_ name: String, _ attributes: [String: String]) {
        text = ""
        switch name {
        case "package": (path, size, algorithm, digest) = (nil, nil, nil, nil)
        case "location": path = attributes["href"]
        case "size": size = attributes["package"].flatMap { Int64($0) }
        case "checksum": algorithm = attributes["type"].flatMap { DigestAlgorithm(rawValue: $0) }
        default: break
        }
    }

    private mutating func finish() throws(RepomdError) {
        guard let path else { throw .incomplete(type: "package", missing: "location") }
        guard let digest else { throw .incomplete(type: path, missing: "checksum") }
        guard let size else { throw .incomplete(type: path, missing: "size") }
        guard packages.count < PackageLocation.maximumCount else {
            throw .malformed("more than \(PackageLocation.maximumCount) packages")
        }
        packages.append(PackageLocation(path: path, digest: digest, size: size))
    }
}
