internal import Archive
internal import Digests
internal import Host
internal import RepoMetadata

/// What becomes of the metadata that is not made of packages: groups (comps), updates, modules.
public struct ExtraMetadata: Sendable {
    /// A metadata file that is to be put in.
    public struct Addition: Sendable, Hashable {
        public let type: String
        /// Absolute.
        public let path: String

        public init(type: String, path: String) {
            self.type = type
            self.path = path
        }
    }

    /// Put in as modifyrepo_c does: compressed, in place of what is there of its type.
    public var additions: [Addition] = []
    /// Put in as createrepo_c's `--groupfile` does: once as it is, once compressed.
    public var groupFile: String?
    /// Types that go.
    public var removals: Set<String> = []
    /// Whether what the old index names stays.
    public var keepsOld = false

    public init() {}
}

/// Reads such files for a snapshot.
struct ExtraFiles {
    /// Below the root that `repomd.xml`'s places are below.
    let files: Files
    let options: ExtraMetadata
    let compression: Compression

    /// `old` is the index that is there.
    func read(old: RepomdIndex?) throws -> [SnapshotOptions.OtherRecord] {
        var found: [SnapshotOptions.OtherRecord] = []
        if options.keepsOld, let old {
            for record in old.records where stays(record.type) { found.append(try kept(record)) }
        }
        for addition in options.additions { found.append(try added(addition)) }
        if let groupFile = options.groupFile { found += try group(groupFile) }
        return found
    }

    private func stays(_ type: String) -> Bool {
        let base = Self.base(type)
        if !Self.isOther(type) { return false }
        if options.groupFile != nil && base == "group" { return false }
        return !options.removals.contains(type) && !options.removals.contains(base)
            && !options.additions.contains { $0.type == base }
    }

    /// Whether a type of metadata is not made of the packages. Databases and zchunk files only
    /// repeat others, and would keep telling of the old state.
    static func isOther(_ type: String) -> Bool {
        let base = base(type)
        return MetadataFile(rawValue: base) == nil && base != HashedFileLists.type
            && !type.hasSuffix("_zck")
    }

    /// A type without what says how it is packed: `group` for `group_gz`.
    static func base(_ type: String) -> String {
        for suffix in ["_db", "_gz", "_xz", "_zst", "_zstd", "_bz2", "_zck"]
        where type.hasSuffix(suffix) {
            return String(type.dropLast(suffix.count))
        }
        return type
    }

    private func kept(_ record: RepomdIndex.Record) throws -> SnapshotOptions.OtherRecord {
        let bytes: [UInt8]
        do {
            bytes = try files.read("/" + record.location, limit: SnapshotOptions.maximumOtherSize)
        } catch {
            throw IndexError.extra(path: record.location, reason: "\(error)")
        }
        guard Digest.of(bytes, record.digest.algorithm) == record.digest else {
            throw IndexError.extra(
                path: record.location, reason: "it is not what repomd.xml says; put it in again")
        }
        return SnapshotOptions.OtherRecord(
            type: record.type, name: Self.plainName(record.location), bytes: bytes,
            timestamp: record.timestamp)
    }

    private func added(
        _ addition: ExtraMetadata.Addition
    ) throws -> SnapshotOptions.OtherRecord {
        var name = Self.plainName(addition.path)
        for packing in Compression.allCases
        where !packing.suffix.isEmpty && name.hasSuffix(packing.suffix) {
            name.removeLast(packing.suffix.count)
        }
        do {
            let open = try Decompressor.decompress(
                try read(addition.path), limit: SnapshotOptions.maximumOtherSize,
                name: addition.path)
            return try packed(addition.type, name, open)
        } catch let error as ArchiveError {
            throw IndexError.extra(path: addition.path, reason: "\(error)")
        }
    }

    private func group(_ path: String) throws -> [SnapshotOptions.OtherRecord] {
        let bytes = try read(path)
        let name = Self.plainName(path)
        let plain = SnapshotOptions.OtherRecord(type: "group", name: name, bytes: bytes)
        if compression == .none { return [plain] }
        // As createrepo_c names it: group_gz, group_xz.
        return [plain, try packed("group_" + compression.suffix.dropFirst(), name, bytes)]
    }

    private func packed(
        _ type: String, _ name: String, _ open: [UInt8]
    ) throws -> SnapshotOptions.OtherRecord {
        SnapshotOptions.OtherRecord(
            type: type, name: name + compression.suffix,
            bytes: try Compressor.compress(open, compression))
    }

    private func read(_ path: String) throws -> [UInt8] {
        do {
            return try Files().read(path, limit: SnapshotOptions.maximumOtherSize)
        } catch {
            throw IndexError.extra(path: path, reason: "\(error)")
        }
    }

    /// The base name without a checksum in front of it.
    private static func plainName(_ path: String) -> String {
        let name = String(path.split(separator: "/").last ?? "")
        guard OldMetadata.isOurs(name), let hyphen = name.firstIndex(of: "-") else { return name }
        return String(name[name.index(after: hyphen)...])
    }
}
