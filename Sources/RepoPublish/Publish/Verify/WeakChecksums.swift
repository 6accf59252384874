internal import Digests
internal import RepoMetadata

/// Checksums that protect nothing: whoever works on a repository reads past them, a node does not.
enum WeakChecksums {
    /// One for each algorithm, of the metadata and of the packages.
    static func problems(
        _ index: RepomdIndex, _ records: [PackageRecord]
    ) -> [VerifyReport.Problem] {
        let metadata = kinds(index.records.map(\.digest)).map { kind, count in
            problem(PublishPlan.repomdPath, "\(count) of its records", kind)
        }
        let primary = index.record("primary")?.location ?? PublishPlan.repomdPath
        let packages = kinds(records.map(\.digest)).map { kind, count in
            problem(primary, "\(count) of its packages", kind)
        }
        return metadata + packages
    }

    private static func kinds(_ digests: [Digest]) -> [(String, Int)] {
        Dictionary(grouping: digests.map(\.algorithm).filter(\.isWeak)) { $0.rawValue }
            .map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
    }

    private static func problem(
        _ path: String, _ what: String, _ kind: String
    ) -> VerifyReport.Problem {
        .init(
            path: path,
            reason: "\(what) have \(kind) checksums, which protect nothing and which "
                + "howdah-node refuses; index the packages again with --checksum sha256")
    }
}
