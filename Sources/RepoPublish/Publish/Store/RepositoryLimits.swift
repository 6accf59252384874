/// What is read of a repository into memory, in bytes. More is refused.
enum RepositoryLimits {
    static let repomd = 1 << 20
    /// One metadata file, compressed.
    static let metadata = 1 << 30
    /// A history record.
    static let history = 1 << 20
}
