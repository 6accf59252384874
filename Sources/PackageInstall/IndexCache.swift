internal import Digests
internal import Glibc
internal import Host

/// Indexes that earlier runs read, so that a repository is not asked again before its
/// `metadata_expire`.
extension InstallCache {
    struct KeptIndex: Sendable {
        let index: [UInt8]
        /// Empty where none is asked for.
        let signature: [UInt8]
    }

    /// Nil where there is none or it is too old. `now` is in seconds since 1970.
    func index(of repository: Repository, now: Int64) -> KeptIndex? {
        let path = indexPath(repository)
        guard let age = age(of: path, now: now), !repository.expiry.isOver(ageSeconds: age),
            let index = try? files.read(path, limit: RepositoryOpening.maximumIndex)
        else { return nil }
        let limit = RepositoryOpening.maximumSignature
        return KeptIndex(
            index: index, signature: (try? files.read(path + ".asc", limit: limit)) ?? [])
    }

    /// That an index cannot be kept costs a request the next time and harms nobody.
    func keep(_ index: [UInt8], _ signature: [UInt8], of repository: Repository) {
        let path = indexPath(repository)
        try? files.write(signature, to: path + ".asc")
        try? files.write(index, to: path)
    }

    private func age(of path: String, now: Int64) -> Int64? {
        var status = stat()
        guard let full = try? files.resolve(path), stat(full, &status) == 0 else { return nil }
        return now - Int64(status.st_mtim.tv_sec)
    }

    /// A repository of the same name at another place is another one.
    private func indexPath(_ repository: Repository) -> String {
        let places = (repository.places + [""]).joined(separator: "\n")
        let mark = Digest.of(Array(places.utf8)).hex.prefix(16)
        return "\(Self.folder)/index/\(mark)-\(repository.id).xml"
    }
}
