internal import Host
internal import RepoMetadata

/// The index that is in a directory before a run.
struct OldIndex {
    static let maximumRepomdSize = 1 << 20
    /// Bytes of one metadata file, as it is stored.
    static let maximumFileSize = 1 << 30

    let files: Files
    /// The content of `repomd.xml`; nil if there is none.
    let repomd: [UInt8]?
    /// Nil if there is none, or if it cannot be read.
    let index: RepomdIndex?
    /// Why it cannot be read.
    let reason: String?

    init(_ files: Files) throws(FileError) {
        self.files = files
        let bytes = try files.readIfPresent(
            RepositoryIndexer.Place.repomd, limit: Self.maximumRepomdSize)
        repomd = bytes
        var reason: String?
        if let bytes {
            do throws(RepomdError) {
                index = try RepomdIndex(reading: bytes, acceptsWeak: true)
            } catch {
                (index, reason) = (nil, "\(error)")
            }
        } else {
            index = nil
        }
        self.reason = reason
    }

    /// Its packages. Throws ``IndexError/unusable(path:reason:)``.
    func state() throws -> RepositoryState {
        guard let index else { throw unusable(reason ?? "there is no repomd.xml") }
        func content(_ kind: MetadataFile) throws -> [UInt8] {
            guard let record = index.record(kind.rawValue) else {
                throw unusable("it has no \(kind.rawValue)")
            }
            return try files.read("/" + record.location, limit: Self.maximumFileSize)
        }
        do {
            return try RepositoryState(
                primary: content(.primary), filelists: content(.filelists), other: content(.other))
        } catch let error as StateError {
            throw unusable("\(error)")
        } catch let error as FileError {
            throw unusable("\(error)")
        }
    }

    /// Says why metadata that must not be lost cannot be kept.
    func checkReadable() throws(IndexError) {
        if let reason { throw unusable(reason) }
    }

    private func unusable(_ reason: String) -> IndexError {
        .unusable(path: files.root, reason: reason)
    }
}
