internal import Archive
internal import Digests
internal import Members
internal import RepoMetadata

extension RepositoryState {
    /// Reads the contents of metadata files, however they are compressed and whoever wrote them.
    /// All three must list the same packages in the same order.
    public init(primary: [UInt8], filelists: [UInt8], other: [UInt8]) throws(StateError) {
        let files = PerFile(primary: primary, filelists: filelists, other: other)
        if let state = try RunReader.read(files) {
            self = state
        } else {
            self = try ForeignReader.read(files)
        }
    }
}

/// Reads metadata that is made of runs already, and keeps these as they are.
private struct RunReader: ~Copyable {
    private let files: PerFile<[UInt8]>
    private let format: MemberFormat
    private var places = PerFile<Int> { _ in 0 }
    private var decompressor = MemberDecompressor()
    private var records: [PackageRecord] = []
    private var runs: [Run] = []

    /// Nil if the files are not made so.
    static func read(_ files: PerFile<[UInt8]>) throws(StateError) -> RepositoryState? {
        let formats = MetadataFile.allCases.map { MemberFormat(recognising: files[$0]) }
        guard let format = formats[0], formats.allSatisfy({ $0 == format }) else { return nil }
        var reader = RunReader(files, format)
        return try reader.read()
    }

    private init(_ files: PerFile<[UInt8]>, _ format: MemberFormat) {
        self.files = files
        self.format = format
    }

    private mutating func read() throws(StateError) -> RepositoryState? {
        for file in MetadataFile.allCases where !readOpening(file) { return nil }
        while true {
            if let run = try marked() {
                runs.append(run)
                continue
            }
            let starts = places
            let primary = try member(.primary)
            if primary == MetadataFile.primary.closing {
                for file in [MetadataFile.filelists, .other] {
                    guard try member(file) == file.closing else { return nil }
                }
                let areWhole = MetadataFile.allCases.allSatisfy { places[$0] == files[$0].count }
                guard areWhole, isSorted else { return nil }
                return RepositoryState(records: records, runs: runs, format: format)
            }
            let filelists = try member(.filelists)
            let other = try member(.other)
            let bytes = PerFile(primary: primary, filelists: filelists, other: other)
            guard let run = try take(bytes, from: starts) else { return nil }
            runs.append(run)
        }
    }

    /// Whether the first member is a root's opening tag and nothing more.
    private mutating func readOpening(_ file: MetadataFile) -> Bool {
        var content: [UInt8] = []
        let end = try? decompressor.open(
            files[file], from: 0, into: &content, limit: 4096, format)
        guard let end, content.starts(with: Array("<?xml".utf8)), content.suffix(2) == [62, 10]
        else { return false }
        places[file] = end
        return (try? PieceCutter.next(in: content.span, from: 0)) == .more
    }

    private mutating func member(_ file: MetadataFile) throws(StateError) -> [UInt8] {
        var content: [UInt8] = []
        do {
            places[file] = try decompressor.open(
                files[file], from: places[file], into: &content, limit: Run.maximumOpenSize, format)
        } catch {
            throw .damaged(file: file, reason: "\(error)")
        }
        return content
    }

    /// A run whose members all say how long they are and of how many packages: only primary's is
    /// opened. Nil if they do not.
    private mutating func marked() throws(StateError) -> Run? {
        guard format == .gzip, let primary = MemberMark(files.primary, at: places.primary),
            let filelists = MemberMark(files.filelists, at: places.filelists),
            let other = MemberMark(files.other, at: places.other),
            primary.count == filelists.count, primary.count == other.count, primary.count > 0
        else { return nil }
        let marks = PerFile(primary: primary, filelists: filelists, other: other)
        // A mark is only a claim: what claims more than is ever read is not made room for.
        guard MetadataFile.allCases.allSatisfy({ marks[$0].openSize <= Run.maximumOpenSize })
        else { return nil }
        let starts = places
        let content = try member(.primary)
        guard let ranges = CutRun.cut(content), ranges.count == primary.count,
            places.primary == starts.primary + primary.size
        else {
            places = starts
            return nil
        }
        for range in ranges {
            records.append(try PackageCheck.record(content, range, records.count))
        }
        try checkCount()
        for file in MetadataFile.allCases { places[file] = starts[file] + marks[file].size }
        return Run(
            count: primary.count,
            members: PerFile { file in
                Run.Member(
                    format: format, source: files[file], range: starts[file]..<places[file],
                    openSize: marks[file].openSize)
            }, isChecked: false)
    }

    private func checkCount() throws(StateError) {
        guard records.count <= RepositoryState.maximumPackages else {
            throw .tooMany(limit: RepositoryState.maximumPackages)
        }
    }

    /// Nil if the members are not the pieces of the same packages.
    private mutating func take(
        _ bytes: PerFile<[UInt8]>, from starts: PerFile<Int>
    ) throws(StateError) -> Run? {
        guard let run = CutRun(bytes), run.count > 0 else { return nil }
        for index in 0..<run.count {
            let record = try PackageCheck.record(
                run.bytes.primary, run.ranges.primary[index], records.count)
            for file in [MetadataFile.filelists, .other] {
                try PackageCheck.check(
                    file, run.bytes[file], run.ranges[file][index], record, records.count)
            }
            records.append(record)
        }
        try checkCount()
        return Run(
            count: run.count,
            members: PerFile { file in
                Run.Member(
                    format: format, source: files[file], range: starts[file]..<places[file],
                    openSize: bytes[file].count)
            }, isChecked: true)
    }

    private var isSorted: Bool {
        zip(records, records.dropFirst()).allSatisfy { !PackageRecord.precedes($1, $0) }
    }
}

extension MemberFormat {
    fileprivate init?(recognising bytes: [UInt8]) {
        switch Compression(recognising: bytes) {
        case .gzip: self = .gzip
        case .zstd: self = .zstd
        default: return nil
        }
    }
}
