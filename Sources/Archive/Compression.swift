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

    /// By the first bytes of a file's content; what is none of the others is not compressed.
    public init(recognising bytes: some Collection<UInt8>) {
        self =
            if bytes.starts(with: [0x1f, 0x8b]) {
                .gzip
            } else if bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
                .zstd
            } else if bytes.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) {
                .xz
            } else if bytes.starts(with: Array("BZh".utf8)) {
                .bzip2
            } else {
                .none
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
