/// What a daemon may use, in systemd's terms (systemd.resource-control(5) and
/// systemd.exec(5)). Only systemd sets them: elsewhere a daemon has
/// what its user has.
public struct DaemonResources: Sendable, Equatable {
    /// The part of `howdah.slice` that it shares with others of that name; nil for the whole.
    public var slice: String?
    /// Share of the processors beside others of its slice: `CPUWeight=`, 1 to 10000; 100 where nil.
    public var cpuWeight: Int?
    /// Share of the disks likewise: `IOWeight=`.
    public var ioWeight: Int?
    /// `MemoryMax=`: beyond it the kernel ends processes of the daemon.
    public var memoryMax: ByteSize?
    /// `LimitNOFILE=`.
    public var openFiles: Int

    static let keys = ["slice", "cpu_weight", "io_weight", "memory_max", "open_files"]
    public static let defaultOpenFiles = 131_072
    static let weights = 1...10_000
    static let fileCounts = 64...1_048_576

    public init(
        slice: String? = nil, cpuWeight: Int? = nil, ioWeight: Int? = nil,
        memoryMax: ByteSize? = nil, openFiles: Int = DaemonResources.defaultOpenFiles
    ) {
        self.slice = slice
        self.cpuWeight = cpuWeight
        self.ioWeight = ioWeight
        self.memoryMax = memoryMax
        self.openFiles = openFiles
    }

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        let reader = try MappingReader(node, key: "resources", file: file, known: Self.keys)
        slice = try reader.parsed("slice", expected: "letters, digits and '_'") { text in
            // A hyphen would make slices within slices (systemd.slice(5)).
            let isPlain = text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
                    || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            }
            return isPlain && !text.isEmpty ? text : nil
        }
        cpuWeight = try reader.whole("cpu_weight", in: Self.weights)
        ioWeight = try reader.whole("io_weight", in: Self.weights)
        memoryMax = try reader.parsed(
            "memory_max", expected: "a size with its unit, such as '2 GiB'",
            { ByteSize($0) })
        openFiles =
            try reader.whole("open_files", in: Self.fileCounts) ?? Self.defaultOpenFiles
    }
}

extension MappingReader {
    fileprivate func whole(
        _ key: String, in range: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int? {
        try parsed(key, expected: "a whole number, \(range.lowerBound) to \(range.upperBound)") {
            Int($0).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}
