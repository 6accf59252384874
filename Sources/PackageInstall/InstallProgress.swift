/// What an installation is doing, for whoever watches it.
public enum InstallProgress: Sendable, Hashable {
    /// Something to know; the installation goes on.
    case note(String)
    case readingMetadata(repository: String)
    case resolving(names: [String])
    case fetching(package: String, bytes: Int64)
    case verifying(packages: Int)
    case installing(packages: Int)
}

extension InstallProgress: CustomStringConvertible {
    public var description: String {
        switch self {
        case .note(let text): "note: \(text)"
        case .readingMetadata(let repository): "reading the metadata of \(repository)"
        case .resolving(let names): "resolving \(names.joined(separator: ", "))"
        case .fetching(let package, let bytes): "fetching \(package) (\(bytes) bytes)"
        case .verifying(let packages): "verifying \(packages) packages"
        case .installing(let packages): "installing \(packages) packages"
        }
    }
}
