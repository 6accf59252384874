internal import RPM
internal import RepoMetadata
internal import Synchronization

/// Reads packages side by side.
struct PackageReader {
    let root: String
    let location: LocationRule
    let format: MetadataFormat
    let workers: Int

    init(root: String, options: IndexOptions) {
        self.root = root
        location = options.location
        format = options.format
        workers = options.workers
    }

    struct Result: Sendable {
        /// In the order of the paths that were given.
        var packages: [(PackageRecord, PackagePieces)] = []
        var leftOut: [LeftOut] = []
    }

    func read(
        _ paths: [String], _ watch: @escaping @Sendable (IndexEvent) -> Void = { _ in }
    ) async -> Result {
        let (counter, done) = (Counter(), Counter())
        let read = await withTaskGroup(of: [(Int, Reading)].self) { group in
            for _ in 0..<min(workers, paths.count) {
                group.addTask {
                    var mine: [(Int, Reading)] = []
                    while true {
                        let index = counter.next()
                        guard index < paths.count else { return mine }
                        mine.append((index, self.read(paths[index])))
                        watch(.read(done.next() + 1, of: paths.count))
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
            let file = try PackageFile.read(root + "/" + path, algorithm: format.checksum)
            guard
                var package = Package(
                    file, location: location.location(of: path),
                    changelogLimit: format.changelogLimit)
            else {
                let reason = "'\(path)' names directories that its header does not have"
                return .leftOut(LeftOut(path: path, reason: reason))
            }
            package.base = location.base.map { Array($0.utf8) }
            return .package(PackageRecord(package), try PackagePieces(package))
        } catch {
            return .leftOut(LeftOut(path: path, reason: "\(error)"))
        }
    }
}
