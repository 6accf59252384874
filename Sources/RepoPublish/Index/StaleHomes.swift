internal import Glibc
internal import Host

/// Homes of gpg that killed runs left behind, each with a secret key in it.
struct StaleHomes {
    static let prefix = "howdah-gpg-"
    /// Seconds; far more than a signature may take.
    static let age = 3600

    /// The folder that homes are made in.
    let parent: String

    /// Removes them. Best effort: the next run tries again.
    func remove(now: Int = time(nil)) {
        let files = Files()
        for name in (try? files.list(parent)) ?? [] where Self.isHome(name) {
            let path = "\(parent)/\(name)"
            var status = stat()
            // Everybody may write to the folder: only what is a directory, and ours, is removed.
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
                status.st_uid == geteuid(), now - status.st_mtim.tv_sec > Self.age
            else { continue }
            try? files.removeTree(path)
        }
    }

    private static func isHome(_ name: String) -> Bool {
        name.hasPrefix(prefix) && UInt64(name.dropFirst(prefix.count)) != nil
    }
}
