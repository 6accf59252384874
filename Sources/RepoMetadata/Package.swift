public import Digests

/// All that metadata says about one package. Text is bytes, since headers promise no encoding.
public struct Package: Sendable, Hashable {
    public var name: [UInt8] = []
    /// `src` for a source package.
    public var arch: [UInt8] = []
    public var evr = EVR(epoch: [UInt8(ascii: "0")], version: [], release: [])
    public var summary: [UInt8] = []
    public var description: [UInt8] = []
    public var packager: [UInt8] = []
    public var url: [UInt8] = []
    public var license: [UInt8] = []
    public var vendor: [UInt8] = []
    public var group: [UInt8] = []
    public var buildHost: [UInt8] = []
    public var sourceRPM: [UInt8] = []

    /// Of the whole file; metadata calls it pkgid.
    public var digest: Digest
    /// The path below the repository's root, not encoded.
    public var location: [UInt8]
    /// What that is below, if it is not the repository's root (`xml:base`).
    public var base: [UInt8]?
    /// The file's own time and the time of its build, in seconds since 1970.
    public var fileTime: Int64 = 0
    public var buildTime: Int64 = 0
    /// Bytes: of the file, of what it installs, of its payload when unpacked.
    public var size: Int64 = 0
    public var installedSize: Int64 = 0
    public var archiveSize: Int64 = 0
    /// Where the header is in the file, in bytes.
    public var headerRange: Range<Int64> = 0..<0

    public var provides: [Dependency] = []
    public var requires: [Dependency] = []
    public var conflicts: [Dependency] = []
    public var obsoletes: [Dependency] = []
    public var suggests: [Dependency] = []
    public var enhances: [Dependency] = []
    public var recommends: [Dependency] = []
    public var supplements: [Dependency] = []
    public var files = FileList.empty
    /// Oldest first.
    public var changelog: [ChangelogEntry] = []

    public init(digest: Digest, location: [UInt8]) {
        self.digest = digest
        self.location = location
    }
}
