internal import Host

/// Finds the packages of a tree.
struct PackageFinder {
    /// Directories below each other; a loop of links ends here.
    static let maximumDepth = 32
    static let maximumPackages = 1_000_000

    let files: Files

    /// Paths of `*.rpm` relative to the tree's root, links followed, in createrepo_c's order: by
    /// base name, then by directory, byte by byte.
    func find() throws -> [String] {
        var found: [String] = []
        try walk("", depth: 0, into: &found)
        return Self.sorted(found)
    }

    private func walk(_ directory: String, depth: Int, into found: inout [String]) throws {
        guard depth < Self.maximumDepth else {
            throw IndexError.tooDeep(path: files.root + "/" + directory, limit: Self.maximumDepth)
        }
        for name in try files.list("/" + directory) {
            let path = directory.isEmpty ? name : directory + "/" + name
            if files.isDirectory("/" + path) {
                try walk(path, depth: depth + 1, into: &found)
            } else if name.hasSuffix(".rpm") {
                guard found.count < Self.maximumPackages else {
                    throw IndexError.tooMany(limit: Self.maximumPackages)
                }
                found.append(path)
            }
        }
    }

    static func sorted(_ paths: [String]) -> [String] {
        let keyed = paths.map { path in
            let bytes = Array(path.utf8)
            let slash = bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1
            return (name: bytes[(slash + 1)...], directory: bytes[..<max(slash, 0)], path: path)
        }
        return keyed.sorted { one, two in
            if one.name.elementsEqual(two.name) {
                return one.directory.lexicographicallyPrecedes(two.directory)
            }
            return one.name.lexicographicallyPrecedes(two.name)
        }.map(\.path)
    }
}
