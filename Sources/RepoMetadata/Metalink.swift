public import Digests

/// A metalink of `repomd.xml`, as a distribution's mirror manager answers (Metalink 3.0 with
/// MirrorManager's alternates): where the file is, and what it may be.
public struct Metalink: Sendable, Hashable {
    public static let maximumPlaces = 1024
    public static let maximumVersions = 256

    /// URLs of the file, those that are preferred first.
    public let places: [String]
    /// Of the current file and of older ones that mirrors may still have; empty where the metalink
    /// has no checksum that protects from anything (MD5 and SHA-1 do not).
    public let digests: [Digest]

    /// Whether the file may be this one.
    public func allows(_ bytes: [UInt8]) -> Bool {
        digests.isEmpty || digests.contains { Digest.of(bytes, $0.algorithm) == $0 }
    }

    /// Throws where it is no metalink, or none of a `repomd.xml`.
    public init(reading bytes: [UInt8]) throws(MetalinkError) {
        var reader = MetalinkReader()
        do {
            var events = XMLEvents(bytes)
            while let event = try events.next() { try reader.take(event) }
        } catch let error as XMLError {
            throw .malformed("no XML at byte \(error.offset)")
        } catch let error as MetalinkError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
        guard reader.isComplete else { throw .malformed("no whole 'metalink' element") }
        guard reader.hasIndex else { throw .malformed("it has no file 'repomd.xml'") }
        // Of equal preference the order of the file counts.
        places = reader.places.enumerated()
            .sorted { ($1.element.preference, $0.offset) < ($0.element.preference, $1.offset) }
            .map(\.element.url)
        digests = reader.digests
    }
}

/// Why a metalink cannot be used.
public enum MetalinkError: Error, Sendable, Hashable {
    case malformed(String)
    case tooLong(limit: Int)
}

extension MetalinkError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let reason): "it is malformed: \(reason)"
        case .tooLong(let limit): "it has more than \(limit) places or checksums"
        }
    }
}

/// Collects what counts out of events.
private struct MetalinkReader {
    struct Place {
        let url: String
        let preference: Int
    }

    private(set) var places: [Place] = []
    private(set) var digests: [Digest] = []
    private(set) var hasIndex = false
    private(set) var isComplete = false
    private var isIndex = false
    private var text = ""
    private var algorithm: DigestAlgorithm?
    private var preference = 0
    /// The strongest of one version.
    private var best: Digest?

    mutating func take(_ event: XMLEvents.Event) throws(MetalinkError) {
        switch event {
        case .start(let name, let attributes): start(name, attributes)
        case .text(let part): text += part
        case .end(let name): try end(name)
        }
    }

    private mutating func start(_ name: String, _ attributes: [String: String]) {
        text = ""
        switch name {
        case "file":
            isIndex = attributes["name"] == "repomd.xml"
            hasIndex = hasIndex || isIndex
        case "verification": best = nil
        case "hash":
            algorithm = attributes["type"].flatMap {
                DigestAlgorithm(rawValue: $0.lowercased().filter { $0 != "-" })
            }
        case "url": preference = attributes["preference"].flatMap { Int($0) } ?? 0
        default: break
        }
    }

    private mutating func end(_ name: String) throws(MetalinkError) {
        let value = text.filter { !$0.isWhitespace }
        text = ""
        if name == "metalink" { isComplete = true }
        guard isIndex else { return }
        switch name {
        case "file": isIndex = false
        case "hash": note(algorithm.flatMap { Digest($0, hex: value.lowercased()) })
        case "verification":
            if let best { digests.append(best) }
        case "url" where !value.isEmpty: places.append(Place(url: value, preference: preference))
        default: break
        }
        guard places.count <= Metalink.maximumPlaces else {
            throw .tooLong(limit: Metalink.maximumPlaces)
        }
        guard digests.count <= Metalink.maximumVersions else {
            throw .tooLong(limit: Metalink.maximumVersions)
        }
    }

    private mutating func note(_ digest: Digest?) {
        guard let digest, !digest.algorithm.isWeak else { return }
        let old = best?.algorithm.byteCount ?? 0
        if digest.algorithm.byteCount > old { best = digest }
    }
}
