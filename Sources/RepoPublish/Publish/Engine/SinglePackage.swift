internal import RPM

/// Reads packages one by one, where there are few.
enum SinglePackage {
    /// Checks every digest that a package states of itself.
    static func read(_ path: String) throws -> PackageFile {
        var scanner = PackageScanner()
        var jobs = [PackageScanner.Job(index: 0, path: path)]
        var read: Result<PackageFile, PackageFileError>?
        scanner.scan(next: { jobs.popLast() }, finished: { read = $1 })
        guard let read else {
            throw PublishError.unreadable(path: path, reason: "nothing was read of it")
        }
        return try read.get()
    }
}
