internal import Digests
internal import RPM
internal import RepoMetadata
internal import Synchronization

/// Hashes a directory's packages side by side, which is several times as fast as one by one where
/// the processor has no instructions for SHA-256.
struct PackageHashing: Sendable {
    static let workers = 2

    let records: [PackageRecord]
    /// Absolute.
    let root: String

    private struct Progress {
        var next = 0
        var found: [Int: Digest] = [:]
    }

    /// What the workers share.
    private final class Shared: Sendable {
        let progress = Mutex(Progress())
    }

    /// By their positions. What is not there, is no package, or has a checksum of another kind in
    /// the index, is not among them.
    func run() async -> [Int: Digest] {
        let shared = Shared()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.workers {
                group.addTask { work(shared) }
            }
        }
        return shared.progress.withLock { $0.found }
    }

    private func work(_ shared: Shared) {
        var scanner = PackageScanner(.init(checksPayload: false))
        scanner.scan(
            next: { shared.progress.withLock { nextJob(&$0) } },
            finished: { index, result in
                guard let file = try? result.get() else { return }
                shared.progress.withLock { $0.found[index] = file.digest }
            })
    }

    private func nextJob(_ progress: inout Progress) -> PackageScanner.Job? {
        while progress.next < records.count {
            let record = records[progress.next]
            progress.next += 1
            guard record.base == nil, record.digest.algorithm == .sha256,
                let path = try? RepositoryPath.checked(record.path)
            else { continue }
            return PackageScanner.Job(index: progress.next - 1, path: "\(root)/\(path)")
        }
        return nil
    }
}
