/// Which packages of a directory go into its index, and in what words metadata says where they are.
public struct PackageSelection: Sendable {
    /// Patterns of paths and base names that are passed over.
    public var excludes: [String] = []
    /// Paths below the directory; nil means whatever is there.
    public var listed: [String]?
    /// Whether what the old index lists is listed too.
    public var recyclesList = false
    /// Whether symbolic links to packages are passed over.
    public var skipsLinks = false

    public init() {}
}

/// How a package's path becomes its place in metadata (`--cut-dirs`, `--location-prefix` and
/// `--baseurl` of createrepo_c).
public struct LocationRule: Sendable, Hashable {
    /// Leading directories that are left out.
    public var cutDirectories = 0
    public var prefix: String?
    /// Said as `xml:base`.
    public var base: String?

    public init() {}

    func location(of path: String) -> String {
        var rest = path[...]
        for _ in 0..<cutDirectories {
            guard let slash = rest.firstIndex(of: "/") else { break }
            rest = rest[slash...].drop { $0 == "/" }
        }
        guard let prefix else { return String(rest) }
        // As g_build_filename joins: one slash between the two.
        var start = prefix[...]
        while start.last == "/" { start.removeLast() }
        return prefix.isEmpty ? String(rest) : "\(start)/\(rest)"
    }
}
