internal import Digests
internal import Glibc
internal import Host
internal import RepoMetadata

/// Which metadata files of earlier states stay in the directory when a new one was written.
public enum Retention: Sendable, Hashable {
    /// What the state before named, for readers in the middle of it; what earlier runs of ours
    /// wrote goes.
    case previous
    /// Nothing that the state before named (createrepo_c's `--retain-old-md 0`, its default).
    case none
    /// All of it (`--retain-old-md N`).
    case all
    /// What is no older than so many seconds (`--retain-old-md-by-age`).
    case age(Int64)

    /// `90` (seconds), `5m`, `2h` or `30d`; nil for anything else (createrepo_c's cmd_parser.c).
    public init?(age text: String) {
        let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        guard let number = Int64(unit == nil ? text[...] : text.dropLast()), number >= 0
        else { return nil }
        let (seconds, overflows) = number.multipliedReportingOverflow(by: unit ?? 1)
        if overflows { return nil }
        self = .age(seconds)
    }
}

/// Removes metadata files that nobody needs any more.
struct OldMetadata {
    let files: Files
    let retention: Retention

    /// `current` and `previous` are places below the repository's root; `now` is in seconds since
    /// 1970.
    func remove(current: Set<String>, previous: Set<String>, now: Int64) throws {
        for name in try files.list(RepositoryIndexer.Place.folder) {
            let place = "repodata/\(name)"
            if name == "repomd.xml" || name == "repomd.xml.asc" || current.contains(place) {
                continue
            }
            if files.isDirectory("/" + place) { continue }
            if Files.isTemporary(name) {
                // What a run that was killed had begun to write.
                files.removeAbandoned("/" + place)
            } else if goes(place, name, previous, now) {
                try files.remove("/" + place)
            }
        }
    }

    private func goes(
        _ place: String, _ name: String, _ previous: Set<String>, _ now: Int64
    ) -> Bool {
        switch retention {
        case .all: false
        case .none: previous.contains(place)
        case .previous: !previous.contains(place) && Self.isOurs(name)
        case .age(let seconds):
            (previous.contains(place) || Self.isOurs(name)) && now - modified(place) > seconds
        }
    }

    private func modified(_ place: String) -> Int64 {
        var status = stat()
        guard stat(files.root + "/" + place, &status) == 0 else { return .max }
        return Int64(status.st_mtim.tv_sec)
    }

    /// `<checksum>-<something>`: what some index made.
    static func isOurs(_ name: String) -> Bool {
        let parts = name.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let bytes = Hex.decode(parts[0]) else { return false }
        return DigestAlgorithm.allCases.contains { $0.byteCount == bytes.count }
    }
}
