internal import CLinux
internal import Digests
internal import Glibc
internal import Host

/// Files of a recipe laid out as they go into the tree: owners, modes and times as they are to be.
struct Staging {
    static let folderMode: UInt32 = 0o755

    let folder: String
    let link: RecipeChain.Link
    let accounts: Accounts

    /// Says which folders need their owner and mode set in the tree: the archive that brings the
    /// files leaves those of folders that are there alone.
    func run() throws -> String {
        var script = ""
        for file in link.recipe.files {
            let (user, group) = try owner(of: file)
            let target = folder + file.path
            switch file.content {
            case .source(let source):
                guard let path = link.path(of: source) else { continue }
                try Files().makeDirectory(parent(of: target))
                try copy(path, to: target, mode: file.mode.map(UInt32.init), user, group)
            case .text(let text):
                try Files().makeDirectory(parent(of: target))
                try Files().write(text, to: target, mode: UInt32(file.mode ?? 0o644))
                try give(target, user, group)
            case .link(let destination):
                try Files().makeDirectory(parent(of: target))
                try Files().symlink(target, to: destination)
                try give(target, user, group)
            case .directory:
                let mode = String(file.mode ?? 0o755, radix: 8)
                let path = "$M" + shellQuoted(file.path)
                script += "mkdir -p \(path)\nchown \(user):\(group) \(path)\n"
                script += "chmod \(mode) \(path)\n"
            }
        }
        return script
    }

    private func owner(of file: RecipeFile) throws -> (UInt32, UInt32) {
        let user = file.owner ?? "0"
        let group = file.group ?? "0"
        guard let userID = accounts.userID(user) else {
            throw ImageError("'\(file.path)': no user '\(user)' in the tree; add it under 'users'")
        }
        guard let groupID = accounts.groupID(group) else {
            throw ImageError(
                "'\(file.path)': no group '\(group)' in the tree; add it under 'groups'")
        }
        return (userID, groupID)
    }

    private func copy(
        _ source: String, to target: String, mode: UInt32?, _ user: UInt32, _ group: UInt32
    ) throws {
        var status = stat()
        guard lstat(source, &status) == 0 else { throw FileError("read", source, code: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            try Files().makeDirectory(target, mode: Self.folderMode)
            for name in try Files().list(source) {
                try copy("\(source)/\(name)", to: "\(target)/\(name)", mode: mode, user, group)
            }
        case S_IFLNK:
            try Files().symlink(target, to: try Files().linkTarget(source) ?? "")
        case S_IFREG:
            try copyFile(source, to: target)
            let own: UInt32 = status.st_mode & 0o100 == 0 ? 0o644 : 0o755
            guard chmod(target, mode ?? own) == 0 else {
                throw FileError("chmod", target, code: errno)
            }
        default:
            throw ImageError("'\(source)' is no file, folder or link")
        }
        try give(target, user, group)
    }

    private func copyFile(_ source: String, to target: String) throws {
        let limit = 1 << 30
        try Files().write(try Files().read(source, limit: limit), to: target)
    }

    private func give(_ path: String, _ user: UInt32, _ group: UInt32) throws {
        var before = stat()
        _ = lstat(path, &before)
        guard lchown(path, user, group) == 0 else { throw FileError("chown", path, code: errno) }
        // chown(2) takes set-user-ID away.
        if before.st_mode & 0o6000 != 0, before.st_mode & S_IFMT == S_IFREG {
            _ = chmod(path, before.st_mode & 0o7777)
        }
    }

    private func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
