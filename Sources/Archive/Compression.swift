/// How bytes are compressed.
public enum Compression: String, Sendable, Hashable, CaseIterable {
    case none, gzip, zstd, xz, bzip2

    /// The end of a file's name, with its dot.
    public var suffix: String {
        switch self {
        case .none: ""
        case .gzip: ".gz"
        case .zstd: ".zst"
        case .xz: ".xz"
        case .bzip2: ".bz2"
        }
    }

    /// By the name that createrepo_c and repository tools use: gz, zstd, xz, bz2, none.
    public init?(name: String) {
        switch name {
        case "gz", "gzip": self = .gzip
        case "zstd", "zst": self = .zstd
        case "xz": self = .xz
        case "bz2", "bzip2": self = .bzip2
        case "none": self = .none
        default: return nil
        }
    }

    /// The level that createrepo_c uses (its compression_wrapper.c).
    var level: Int? {
        switch self {
        case .none: nil
        case .gzip: 6
        case .zstd: 10
        case .xz: 5
        case .bzip2: 9
        }
    }
}
