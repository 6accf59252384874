internal import Glibc
internal import Host

/// What a tree holds, as far as a disk's size and times need it.
struct TreeSurvey: Sendable, Equatable {
    /// More are no root tree.
    static let maximumFiles: Int64 = 4_000_000

    /// In whole blocks.
    var bytes: Int64 = 0
    var files: Int64 = 0
    /// Seconds since 1970.
    var newest: Int64 = 0
    /// Paths that were changed after `epoch`.
    var late: [String] = []

    /// `epoch` nil: whatever the newest file has.
    static func of(_ tree: String, epoch: Int64?) throws -> TreeSurvey {
        var walk = Walk(tree: Files(root: tree), epoch: epoch ?? .max)
        try walk.directory("")
        return walk.survey
    }

    private struct Walk {
        let tree: Files
        let epoch: Int64
        var survey = TreeSurvey()
        private var device: dev_t?
        private var linked: Set<ino_t> = []

        init(tree: Files, epoch: Int64) {
            self.tree = tree
            self.epoch = epoch
        }

        mutating func directory(_ path: String) throws {
            for name in try tree.list(path + "/") { try entry(path + "/" + name) }
        }

        private mutating func entry(_ path: String) throws {
            let full = try tree.resolve(path)
            var status = stat()
            guard lstat(full, &status) == 0 else {
                throw FileError("look at", full, code: errno)
            }
            guard survey.files < TreeSurvey.maximumFiles else {
                throw ImageError("'\(tree.root)' has more than \(TreeSurvey.maximumFiles) files")
            }
            try count(path, status)
            guard status.st_mode & S_IFMT == S_IFDIR else { return }
            guard device == nil || device == status.st_dev else {
                throw ImageError("something is mounted at '\(full)'; unmount it first")
            }
            device = status.st_dev
            try directory(path)
        }

        private mutating func count(_ path: String, _ status: stat) throws(ImageError) {
            let seconds = Int64(status.st_mtim.tv_sec)
            survey.newest = max(survey.newest, seconds)
            if seconds > epoch {
                guard !path.utf8.contains(where: { $0 < 32 || $0 == UInt8(ascii: "\"") }) else {
                    throw ImageError("the name '\(path)' has a quote or a control character")
                }
                survey.late.append(path)
            }
            // A file with several names takes its room once.
            if status.st_nlink > 1, status.st_mode & S_IFMT != S_IFDIR,
                !linked.insert(status.st_ino).inserted
            {
                return
            }
            survey.files += 1
            let block = DiskLayout.blockBytes
            survey.bytes += max(block, (Int64(status.st_size) + block - 1) / block * block)
        }
    }
}
