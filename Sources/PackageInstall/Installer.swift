/// Installs packages from repositories into a root: reads and checks metadata, resolves, fetches,
/// verifies and runs one transaction. Nothing is installed unless all of it was verified; after a
/// kill at any moment the same call goes on.
public struct Installer: Sendable {
    /// The root directory to install into; `/` is the running system.
    public let root: String
    public let repositories: [Repository]
    let transport: @Sendable (Repository) async throws -> any RepositoryTransport

    /// - Parameter transport: makes what fetches from a repository; called once for each.
    public init(
        root: String, repositories: [Repository],
        transport: @escaping @Sendable (Repository) async throws -> any RepositoryTransport
    ) {
        self.root = root
        self.repositories = repositories
        self.transport = transport
    }
}
