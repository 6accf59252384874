internal import RPM
internal import RepoMetadata
internal import Synchronization

/// A package that was not indexed, and why.
public struct LeftOut: Sendable, Hashable, Codable {
    /// Relative to the repository's root.
    public let path: String
    public let reason: String
}

/// Reads packages side by side.
struct PackageReader {
    let root: String
    let changelogLimit: Int
    let workers: Int

    struct Result: Sendable {
        /// In the order of the paths that were given.
        var packages: [(PackageRecord, PackagePieces)] = []
        var leftOut: [LeftOut] = []
    }

    func read(_ paths: [String]) async -> Result {
        let counter = Counter()
        let read = await withTaskGroup(of: [(Int, Reading)].self) { group in
            for _ in 0..<min(workers, paths.count) {
                group.addTask {
                    var mine: [(Int, Reading)] = []
                    while true {
                        let index = counter.next()
                        guard index < paths.count else { return mine }
                        mine.append((index, self.read(paths[index])))
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        var result = Result()
        for (_, reading) in read.sorted(by: { $0.0 < $1.0 }) {
            switch reading {
            case .package(let record, let pieces): result.packages.append((record, pieces))
            case .leftOut(let package): result.leftOut.append(package)
            }
        }
        return result
    }

    /// Hands each worker the next package, so that none waits behind a big one.
    private final class Counter: Sendable {
        private let value = Atomic(0)

        func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
    }

    private enum Reading: Sendable {
        case package(PackageRecord, PackagePieces)
        case leftOut(LeftOut)
    }

    private func read(_ path: String) -> Reading {
        do {
            let file = try PackageFile.read(root + "/" + path)
            guard
                let package = Package(file, location: path, changelogLimit: changelogLimit)
            else {
                let reason = "'\(path)' names directories that its header does not have"
                return .leftOut(LeftOut(path: path, reason: reason))
            }
            return .package(PackageRecord(package), try PackagePieces(package))
        } catch {
            return .leftOut(LeftOut(path: path, reason: "\(error)"))
        }
    }
}
