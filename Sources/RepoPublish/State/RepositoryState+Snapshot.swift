internal import Archive
internal import Digests
internal import Members
internal import RepoMetadata

/// What is known of the three files' contents when they are not compressed.
struct OpenDigests: Sendable {
    let algorithm: DigestAlgorithm
    let digests: PerFile<Digest>
}

extension RepositoryState {
    /// The files that say all this. The same packages give the same contents, and the same runs
    /// the same files.
    public func snapshot(_ options: SnapshotOptions) throws -> Snapshot {
        var builder = SnapshotBuilder(options)
        for file in MetadataFile.allCases {
            let packed = try packed(file, options)
            try builder.add(
                file, packed.bytes, openDigest: packed.digest, openSize: packed.openSize)
        }
        for other in options.others.sorted(by: { $0.type < $1.type }) { try builder.add(other) }
        return builder.snapshot
    }

    private struct Packed {
        let bytes: [UInt8]
        let digest: Digest
        let openSize: Int
    }

    private func packed(_ file: MetadataFile, _ options: SnapshotOptions) throws -> Packed {
        var sink = try ContentSink(options.compression)
        var hasher = StreamHasher(options.algorithm)
        var codec = RunCodec(sink.format ?? format)
        let known = openDigests?.algorithm == options.algorithm ? openDigests : nil
        let opening = file.opening(packageCount: records.count)
        hasher.update(opening)
        try sink.add(opening, &codec)
        var size = opening.count + file.closing.count
        for run in runs {
            let member = run.members[file]
            size += member.openSize
            if member.format == sink.format {
                sink.splice(member.bytes)
                if known != nil { continue }
            }
            let open = try open(member, file, &codec)
            hasher.update(open)
            if member.format != sink.format { try sink.add(open, &codec) }
        }
        hasher.update(file.closing)
        try sink.add(file.closing, &codec)
        return Packed(
            bytes: try sink.finish(), digest: known?.digests[file] ?? hasher.finish(),
            openSize: size)
    }

    private func open(
        _ member: Run.Member, _ file: MetadataFile, _ codec: inout RunCodec
    ) throws(StateError) -> [UInt8] {
        do {
            return try codec.open(member)
        } catch {
            throw .damaged(file: file, reason: "\(error)")
        }
    }
}

/// Where a file's content goes: into members, into one stream, or as it is.
private struct ContentSink: ~Copyable {
    /// Of the members that it is made of; nil if it is not.
    let format: MemberFormat?
    private var bytes: [UInt8] = []
    private let stream: CompressedStream?

    init(_ compression: Compression) throws(ArchiveError) {
        // libsolv reads the first stream of an xz or bzip2 file and nothing more.
        let isStream = compression == .xz || compression == .bzip2
        stream = isStream ? try CompressedStream.open(compression) : nil
        switch compression {
        case .gzip: format = .gzip
        case .zstd: format = .zstd
        case .none, .xz, .bzip2: format = nil
        }
    }

    mutating func add(_ content: [UInt8], _ codec: inout RunCodec) throws(ArchiveError) {
        if format != nil {
            bytes += codec.compressor.compress(content)
        } else if stream != nil {
            try stream?.write(content)
        } else {
            bytes += content
        }
    }

    mutating func splice(_ member: [UInt8]) { bytes += member }

    consuming func finish() throws(ArchiveError) -> [UInt8] {
        try stream?.finish() ?? bytes
    }
}
