internal import Host

/// The root file system of a disk, made by e2fsprogs without mounting anything. Its bytes follow
/// from the tree, the identity and the epoch alone.
struct Ext4: Sendable {
    /// Named one by one: what the machine's mke2fs.conf says does not count. All are known to the
    /// kernels and loaders of Debian 12 and EL9.
    private static let features = [
        "none", "has_journal", "ext_attr", "resize_inode", "dir_index", "filetype", "extent",
        "64bit", "flex_bg", "sparse_super", "large_file", "huge_file", "dir_nlink", "extra_isize",
        "metadata_csum",
    ].joined(separator: ",")
    static let label = "root"
    /// The first inode that is not the file system's own (ext4(5), "Special inodes").
    private static let firstInode = 11
    private static let rootInode = 2
    /// Copying a tree of some GiB from a slow disk.
    private static let copyDeadline = Duration.seconds(1800)
    private static let editDeadline = Duration.seconds(300)
    private static let listLimit = 64 << 20

    /// The disk; the file system begins at `DiskLayout.partitionStart`.
    let disk: String
    let epoch: Int64
    let runner: ProcessRunner

    private var place: String { "\(disk)?offset=\(DiskLayout.partitionStart)" }

    /// Both variables: e2fsprogs 1.47 reads the one here and the other there.
    private var environment: [String: String] {
        [
            "E2FSPROGS_FAKE_TIME": "\(epoch)", "SOURCE_DATE_EPOCH": "\(epoch)",
            "MKE2FS_CONFIG": "/dev/null", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
            "DEBUGFS_PAGER": "cat", "TZ": "UTC",
        ]
    }

    func make(from tree: String, _ identity: DiskIdentity, _ layout: DiskLayout) async throws {
        let extended = [
            "offset=\(DiskLayout.partitionStart)", "hash_seed=\(identity.hashSeed)",
            "lazy_itable_init=0", "lazy_journal_init=0", "root_owner=0:0",
        ].joined(separator: ",")
        try await runner.require(
            "mke2fs",
            [
                "-q", "-F", "-t", "ext4", "-b", "\(DiskLayout.blockBytes)",
                "-I", "\(DiskLayout.inodeBytes)", "-i", "\(DiskLayout.bytesPerInode)",
                "-m", "\(DiskLayout.reservedPercent)", "-J", "size=\(DiskLayout.journalMiB)",
                "-L", Self.label, "-U", identity.filesystemUUID, "-O", Self.features,
                "-E", extended, "-d", tree, disk, "\(layout.filesystemBlocks)",
            ],
            environment: environment, deadline: Self.copyDeadline)
    }

    /// Puts files into it, owned by root and with mode 0644, in the place of those of that name.
    /// `files` are paths in the file system and paths of this machine.
    func put(_ files: [(path: String, source: String)], tree: String) async throws {
        var commands: [String] = []
        let present = Files(root: tree)
        for file in files {
            var folder = ""
            for part in file.path.split(separator: "/").dropLast() {
                folder += "/" + part
                if !present.isDirectory(folder) { commands.append("mkdir \(folder)") }
            }
            let isThere = try present.exists(file.path) || present.linkTarget(file.path) != nil
            if isThere { commands.append("rm \(file.path)") }
            commands += [
                "write \(file.source) \(file.path)", "sif \(file.path) mode 0100644",
                "sif \(file.path) uid 0", "sif \(file.path) gid 0",
            ]
        }
        try await edit(commands)
    }

    /// mke2fs copies when a file was last read and when its inode changed, which no two builds
    /// have alike: all get the epoch. Times of content stay, but none is later than the epoch.
    func setTimes(late: [String]) async throws {
        let listed = try await runner.run(
            "dumpe2fs", [place], environment: environment, deadline: Self.editDeadline,
            outputLimit: Self.listLimit)
        guard listed.succeeded else {
            throw ProcessError(program: "dumpe2fs", reason: "said: \(listed.lastWords())")
        }
        let inodes = try Self.usedInodes(listed.outputText)
        let fields = ["atime", "ctime", "crtime"]
        try await edit(
            inodes.flatMap { inode in fields.map { "sif <\(inode)> \($0) @\(epoch)" } }
                + late.map { "sif \"\($0)\" mtime @\(epoch)" })
    }

    /// The inodes in use as dumpe2fs tells it, which lists the free ones group by group.
    static func usedInodes(_ text: String) throws(ImageError) -> [Int] {
        var count: Int?
        var free: Set<Int> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: ":", maxSplits: 1)
            guard words.count == 2 else { continue }
            let value = words[1].drop { $0 == " " }
            if words[0] == "Inode count" { count = Int(value) }
            guard words[0].drop(while: { $0 == " " }) == "Free inodes", line.hasPrefix(" ") else {
                continue
            }
            for range in value.split(separator: ",") {
                let ends = range.split(separator: "-").compactMap { Int($0.filter(\.isNumber)) }
                guard let first = ends.first, let last = ends.last else { continue }
                free.formUnion(first...last)
            }
        }
        guard let count else { throw ImageError("dumpe2fs did not tell the number of inodes") }
        return [rootInode] + (firstInode...max(firstInode, count)).filter { !free.contains($0) }
    }

    /// debugfs ends with 0 whatever happens; what goes wrong is on its standard error, behind a
    /// line with its version.
    private func edit(_ commands: [String]) async throws {
        let result = try await runner.run(
            "debugfs", ["-w", "-f", "-", place], environment: environment,
            input: Array((commands.joined(separator: "\n") + "\n").utf8),
            deadline: Self.editDeadline, outputLimit: Self.listLimit)
        let problems = result.errorText.split(separator: "\n").filter {
            !$0.hasPrefix("debugfs 1.")
        }
        guard result.succeeded, problems.isEmpty else {
            throw ProcessError(
                program: "debugfs",
                reason: "said: \(problems.first.map(String.init) ?? result.lastWords())")
        }
    }
}
