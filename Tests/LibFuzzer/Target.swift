import Archive
import Glibc
import RPM
import RepoMetadata
import RepoPublish

/// One parser of bytes that others wrote, as libFuzzer calls it. A refusal is right; a crash is
/// not. `HOWDAH_FUZZ_TARGET` says which.
private enum Target: String {
    case package, repomd, locations, metadata, unpack

    static let chosen: Target = {
        let name = getenv("HOWDAH_FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = Target(rawValue: name) else {
            preconditionFailure("HOWDAH_FUZZ_TARGET '\(name)' is no target")
        }
        return target
    }()

    /// In a folder of the caller's, who removes it.
    static let file =
        (getenv("HOWDAH_FUZZ_DIR").map { String(cString: $0) } ?? "/tmp") + "/package.rpm"

    func run(_ bytes: [UInt8]) throws {
        switch self {
        case .package: try Self.scan(bytes)
        case .repomd: _ = try RepomdIndex(reading: bytes, acceptsWeak: true)
        case .locations: _ = try PackageLocation.list(reading: bytes)
        case .metadata:
            // One element may be a package in all three.
            let state = try RepositoryState(primary: bytes, filelists: bytes, other: bytes)
            _ = try state.snapshot(SnapshotOptions(time: 1))
        case .unpack: _ = try Decompressor.decompress(bytes, limit: 1 << 20)
        }
    }

    private static func scan(_ bytes: [UInt8]) throws {
        guard let stream = fopen(file, "w") else { return }
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        var jobs = [PackageScanner.Job(index: 0, path: file)]
        var scanner = PackageScanner()
        var found: Result<PackageFile, PackageFileError>?
        scanner.scan(next: { jobs.popLast() }, finished: { found = $1 })
        let header = try found?.get().header
        for tag: HeaderTag in [.name, .baseNames, .fileDigests] { _ = header?.texts(tag) }
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    try? Target.chosen.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
