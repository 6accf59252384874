public import Digests

/// What deciding needs to know of a package: which it is, where it is and what its file must be.
public struct PackageRecord: Sendable, Hashable {
    public var name: [UInt8]
    public var arch: [UInt8]
    public var evr: EVR
    /// The path below the repository's root (or below `base`), not encoded.
    public var location: [UInt8]
    /// Another root than the repository's (`xml:base`).
    public var base: [UInt8]?
    /// Of the whole file; metadata calls it pkgid.
    public var digest: Digest
    /// Bytes of the file.
    public var size: Int64
    /// The file's own time and the time of its build, in seconds since 1970.
    public var fileTime: Int64
    public var buildTime: Int64

    public init(
        name: [UInt8], arch: [UInt8], evr: EVR, location: [UInt8], base: [UInt8]? = nil,
        digest: Digest, size: Int64, fileTime: Int64, buildTime: Int64
    ) {
        self.name = name
        self.arch = arch
        self.evr = evr
        self.location = location
        self.base = base
        self.digest = digest
        self.size = size
        self.fileTime = fileTime
        self.buildTime = buildTime
    }

    public init(_ package: Package) {
        self.init(
            name: package.name, arch: package.arch, evr: package.evr, location: package.location,
            base: package.base, digest: package.digest, size: package.size,
            fileTime: package.fileTime, buildTime: package.buildTime)
    }

    /// `name-[epoch:]version-release.arch`, without an epoch where that is 0.
    public var nevra: String {
        var bytes = name + [UInt8(ascii: "-")]
        if !evr.epoch.isEmpty && evr.epoch != [UInt8(ascii: "0")] {
            bytes += evr.epoch + [UInt8(ascii: ":")]
        }
        bytes += evr.version + [UInt8(ascii: "-")] + evr.release
        bytes += [UInt8(ascii: ".")] + arch
        return String(decoding: bytes, as: UTF8.self)
    }

    /// createrepo_c's order (its createrepo_c.c, task_cmp): by the file's base name, then by its
    /// directory, byte by byte.
    public static func precedes(_ one: PackageRecord, _ two: PackageRecord) -> Bool {
        PackageOrder.precedes(one.location, two.location)
    }
}

/// createrepo_c's order of packages (its createrepo_c.c, task_cmp).
public enum PackageOrder {
    /// By the paths' base names, then by their directories, byte by byte.
    public static func precedes(_ one: [UInt8], _ two: [UInt8]) -> Bool {
        let (first, second) = (nameStart(one), nameStart(two))
        let (name, other) = (one[first...], two[second...])
        if !name.elementsEqual(other) { return name.lexicographicallyPrecedes(other) }
        return one[..<first].dropLast().lexicographicallyPrecedes(two[..<second].dropLast())
    }

    private static func nameStart(_ path: [UInt8]) -> Int {
        (path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1
    }
}
