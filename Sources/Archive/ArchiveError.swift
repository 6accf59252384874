/// Why bytes could not be compressed or decompressed.
public enum ArchiveError: Error, Sendable, Hashable {
    /// libarchive's own words; `name` is the file, or `bytes` where they came from memory.
    case failed(name: String, reason: String)
    case tooLong(name: String, limit: Int)
}

extension ArchiveError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .failed(let name, let reason): "'\(name)' cannot be unpacked or packed: \(reason)"
        case .tooLong(let name, let limit): "'\(name)' unpacks to more than \(limit) bytes"
        }
    }
}
