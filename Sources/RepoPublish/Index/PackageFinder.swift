internal import Digests
internal import Glibc

/// A package file that was found.
struct FoundPackage: Sendable, Hashable {
    /// Relative to the tree's root.
    let path: String
    /// Bytes.
    let size: Int64
    /// Seconds since 1970.
    let modified: Int64
    /// Of the content the signature of which was checked; nil where none was.
    var signed: Digest?
}

/// Finds the packages of a tree.
struct PackageFinder {
    /// Directories below each other; a loop of links ends here.
    static let maximumDepth = 32
    static let maximumPackages = 1_000_000

    /// Absolute.
    let root: String
    let selection: PackageSelection
    private let excludes: [NamePattern]

    struct Found: Sendable {
        /// In createrepo_c's order: by base name, then by directory, byte by byte.
        var packages: [FoundPackage] = []
        var leftOut: [LeftOut] = []
    }

    init(root: String, selection: PackageSelection = PackageSelection()) {
        self.root = root
        self.selection = selection
        excludes = selection.excludes.map(NamePattern.init)
    }

    /// `recycled` are the paths of the index that is there, if they are to be listed too.
    func find(recycled: [String] = []) throws(IndexError) -> Found {
        var found = Found()
        if selection.listed != nil || selection.recyclesList {
            takeListed((selection.listed ?? []) + recycled, into: &found)
        } else {
            try walk("", depth: 0, into: &found)
        }
        guard found.packages.count <= Self.maximumPackages else {
            throw .tooMany(limit: Self.maximumPackages)
        }
        found.packages = Self.sorted(found.packages)
        found.leftOut.sort { $0.path < $1.path }
        return found
    }

    /// Each once, however often it is listed.
    private func takeListed(_ paths: [String], into found: inout Found) {
        var seen: Set<String> = []
        for listed in paths {
            let parts = listed.split(separator: "/").filter { $0 != "." }
            let path = parts.joined(separator: "/")
            guard !excludes.contains(where: { $0.matches(path) }), seen.insert(path).inserted
            else { continue }
            if listed.hasPrefix("/") || listed.contains("://") || parts.contains("..") {
                found.leftOut.append(
                    LeftOut(path: listed, reason: "'\(listed)' is no path below '\(root)'"))
            } else {
                take(path, into: &found)
            }
        }
    }

    private func walk(
        _ directory: String, depth: Int, into found: inout Found
    ) throws(IndexError) {
        guard depth < Self.maximumDepth else {
            throw .tooDeep(path: root + "/" + directory, limit: Self.maximumDepth)
        }
        guard let stream = opendir(root + "/" + directory) else {
            let reason = "'\(directory)' cannot be listed: errno \(errno)"
            found.leftOut.append(LeftOut(path: directory, reason: reason))
            return
        }
        defer { closedir(stream) }
        while true {
            // The end and an error look the same but for this (readdir(3)).
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let path = directory.isEmpty ? name : directory + "/" + name
            if excludes.contains(where: { $0.matches(name) }) { continue }
            let type = Int32(entry.pointee.d_type)
            if isDirectory(path, type) {
                try walk(path, depth: depth + 1, into: &found)
            } else if name.hasSuffix(".rpm"), !excludes.contains(where: { $0.matches(path) }) {
                take(path, isRegular: type == Int32(DT_REG), into: &found)
            }
        }
        if errno != 0 {
            let reason = "'\(directory)' cannot be listed to its end: errno \(errno)"
            found.leftOut.append(LeftOut(path: directory, reason: reason))
        }
    }

    /// Where the directory's entry does not say, or is a link, the file is asked.
    private func isDirectory(_ path: String, _ type: Int32) -> Bool {
        if type == Int32(DT_DIR) { return true }
        if type == Int32(DT_REG) { return false }
        var status = stat()
        return stat(root + "/" + path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// With `isRegular`, the directory says that it is no link.
    private func take(_ path: String, isRegular: Bool = false, into found: inout Found) {
        var status = stat()
        let full = root + "/" + path
        if !isRegular {
            guard lstat(full, &status) == 0 else {
                found.leftOut.append(LeftOut(path: path, reason: "'\(path)' is not there"))
                return
            }
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            if isLink && selection.skipsLinks { return }
        }
        guard stat(full, &status) == 0 else {
            let reason = "'\(path)' is a link that leads nowhere: errno \(errno)"
            found.leftOut.append(LeftOut(path: path, reason: reason))
            return
        }
        // A named pipe would make its reader wait for ever.
        guard status.st_mode & S_IFMT == S_IFREG else {
            found.leftOut.append(LeftOut(path: path, reason: "'\(path)' is no regular file"))
            return
        }
        found.packages.append(
            FoundPackage(
                path: path, size: Int64(status.st_size),
                modified: Int64(status.st_mtim.tv_sec)))
    }

    static func sorted(_ packages: [FoundPackage]) -> [FoundPackage] {
        let keyed = packages.map { package in
            let bytes = Array(package.path.utf8)
            let slash = bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1
            return (name: bytes[(slash + 1)...], directory: bytes[..<max(slash, 0)], package)
        }
        return keyed.sorted { one, two in
            if one.name.elementsEqual(two.name) {
                return one.directory.lexicographicallyPrecedes(two.directory)
            }
            return one.name.lexicographicallyPrecedes(two.name)
        }.map(\.2)
    }
}
