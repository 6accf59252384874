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
        var contents = try SnapshotContents(self, options.compression)
        let digests: PerFile<Digest>
        if let known = openDigests, known.algorithm == options.algorithm {
            digests = known.digests
            for file in MetadataFile.allCases {
                while try contents.next(file, isSkipping: true) != nil {}
            }
        } else {
            digests = try ContentHasher.digests(options.algorithm) {
                try contents.next($0, isSkipping: false)
            }
        }
        for file in MetadataFile.allCases {
            try builder.add(
                file, try contents.finish(file), openDigest: digests[file],
                openSize: contents.openSizes[file])
        }
        for other in options.others.sorted(by: { $0.type < $1.type }) { try builder.add(other) }
        return builder.snapshot
    }
}

/// Goes through the contents of the three files, each in its own time, and puts the files together
/// on the way.
private struct SnapshotContents: ~Copyable {
    private let state: RepositoryState
    private let ranges: [Range<Int>]
    private let sinks: PerFile<ContentSink>
    private var codec: RunCodec
    /// Of each file's parts: the opening, the runs, the closing.
    private var places = PerFile<Int> { _ in 0 }
    private(set) var openSizes = PerFile<Int> { _ in 0 }

    init(_ state: RepositoryState, _ compression: Compression) throws(ArchiveError) {
        self.state = state
        ranges = state.runRanges
        sinks = PerFile(
            primary: try ContentSink(compression), filelists: try ContentSink(compression),
            other: try ContentSink(compression))
        codec = RunCodec(sinks.primary.format ?? state.format)
    }

    /// The next part of a file's content; nil at the end. With `isSkipping` it is not looked at,
    /// and what can be taken over as it is need not be opened.
    mutating func next(_ file: MetadataFile, isSkipping: Bool) throws -> [UInt8]? {
        let place = places[file]
        places[file] += 1
        switch place {
        case 0: return try add(file, file.opening(packageCount: state.records.count))
        case state.runs.count + 1: return try add(file, file.closing)
        case state.runs.count + 2: return nil
        default: return try run(place - 1, file, isSkipping)
        }
    }

    private mutating func add(_ file: MetadataFile, _ content: [UInt8]) throws -> [UInt8] {
        try sinks[file].add(content, &codec)
        openSizes[file] += content.count
        return content
    }

    private mutating func run(
        _ number: Int, _ file: MetadataFile, _ isSkipping: Bool
    ) throws -> [UInt8] {
        let run = state.runs[number]
        let member = run.members[file]
        let isKept = member.format == sinks[file].format
        if isKept {
            sinks[file].splice(member.bytes)
            openSizes[file] += member.openSize
            if isSkipping { return [] }
        }
        let content: [UInt8]
        do throws(MemberError) {
            content = try codec.open(member)
        } catch {
            throw StateError.damaged(file: file, reason: "\(error)")
        }
        if !run.isChecked && file != .primary {
            try PackageCheck.check(file, content, state.records[ranges[number]])
        }
        return isKept ? content : try add(file, content)
    }

    /// The file that the content went into.
    mutating func finish(_ file: MetadataFile) throws(ArchiveError) -> [ArraySlice<UInt8>] {
        try sinks[file].finish()
    }
}

/// Where a file's content goes: into members, into one stream, or as it is.
private final class ContentSink {
    /// Of the members that it is made of; nil if it is not.
    let format: MemberFormat?
    private var parts: [ArraySlice<UInt8>] = []
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

    func add(_ content: [UInt8], _ codec: inout RunCodec) throws(ArchiveError) {
        if format != nil {
            parts.append(codec.compressor.compress(content)[...])
        } else if stream != nil {
            try stream?.write(content)
        } else {
            parts.append(content[...])
        }
    }

    func splice(_ member: ArraySlice<UInt8>) { parts.append(member) }

    func finish() throws(ArchiveError) -> [ArraySlice<UInt8>] {
        if let whole = try stream?.finish() { return [whole[...]] }
        return parts
    }
}
