internal import RPM
internal import RepoMetadata

extension Package {
    /// What metadata says of a package file (createrepo_c's parsehdr.c). Nil if its header
    /// contradicts itself.
    init?(_ file: PackageFile, location: String, changelogLimit: Int) {
        let header = file.header
        self.init(digest: file.digest, location: Array(location.utf8))
        name = header.text(.name) ?? []
        let isSource = (header.number(.sourcePackage) ?? 0) != 0
        arch = isSource ? Array("src".utf8) : header.text(.arch) ?? []
        evr.epoch = Array(String(header.number(.epoch) ?? 0).utf8)
        evr.version = header.text(.version) ?? []
        evr.release = header.text(.release) ?? []
        summary = header.text(.summary) ?? []
        description = header.text(.description) ?? []
        packager = header.text(.packager) ?? []
        url = header.text(.url) ?? []
        license = header.text(.license) ?? []
        vendor = header.text(.vendor) ?? []
        group = header.text(.group) ?? []
        buildHost = header.text(.buildHost) ?? []
        sourceRPM = header.text(.sourceRPM) ?? []
        fileTime = file.modified
        buildTime = Int64(clamping: header.number(.buildTime) ?? 0)
        size = file.size
        installedSize = Int64(clamping: header.number(.longSize) ?? header.number(.size) ?? 0)
        archiveSize = file.archiveSize
        headerRange = file.headerRange
        guard let files = FileList(header) else { return nil }
        self.files = files
        takeRelations(header)
        changelog = Changelog.select(header.changelog, limit: changelogLimit)
    }

    private mutating func takeRelations(_ header: PackageHeader) {
        let provided = header.relations(.provideName, .provideFlags, .provideVersion)
        let required = header.relations(.requireName, .requireFlags, .requireVersion)
        provides = provided.compactMap(Dependency.init)
        requires = Requirements.select(required, provides: provided, files: files)
        conflicts = header.dependencies(.conflictName, .conflictFlags, .conflictVersion)
        obsoletes = header.dependencies(.obsoleteName, .obsoleteFlags, .obsoleteVersion)
        suggests = header.dependencies(.suggestName, .suggestFlags, .suggestVersion)
        enhances = header.dependencies(.enhanceName, .enhanceFlags, .enhanceVersion)
        recommends = header.dependencies(.recommendName, .recommendFlags, .recommendVersion)
        supplements = header.dependencies(.supplementName, .supplementFlags, .supplementVersion)
    }
}

extension FileList {
    private static let typeMask: UInt64 = 0o170000
    private static let directoryType: UInt64 = 0o040000
    /// RPMFILE_GHOST of rpm's rpmfiles.h.
    private static let ghostFlag: UInt64 = 1 << 6

    fileprivate init?(_ header: PackageHeader) {
        let names = header.ranges(.baseNames)
        let indexes = header.numbers(.directoryIndexes)
        let flags = header.numbers(.fileFlags)
        let modes = header.numbers(.fileModes)
        let count = min(names.count, indexes.count, flags.count, modes.count)
        let entries = (0..<count).map { index in
            let isDirectory = modes[index] & Self.typeMask == Self.directoryType
            let isGhost = flags[index] & Self.ghostFlag != 0
            return Entry(
                directory: Int(clamping: indexes[index]), name: names[index],
                kind: isDirectory ? .directory : isGhost ? .ghost : .file)
        }
        self.init(
            bytes: header.bytes, directories: header.ranges(.directoryNames), entries: entries)
    }
}

extension FileHashes {
    init(_ header: PackageHeader) {
        self.init(
            algorithm: header.number(.fileDigestAlgorithm), places: header.ranges(.fileDigests))
    }
}

extension PackageHeader {
    fileprivate func relations(
        _ name: HeaderTag, _ flags: HeaderTag, _ version: HeaderTag
    ) -> [Relation] {
        zip(zip(texts(name), numbers(flags)), texts(version)).map {
            Relation(name: $0.0.0, flags: UInt32(truncatingIfNeeded: $0.0.1), version: $0.1)
        }
    }

    fileprivate func dependencies(
        _ name: HeaderTag, _ flags: HeaderTag, _ version: HeaderTag
    ) -> [Dependency] {
        relations(name, flags, version).compactMap(Dependency.init)
    }

    fileprivate var changelog: [ChangelogEntry] {
        zip(zip(numbers(.changelogTime), texts(.changelogName)), texts(.changelogText)).map {
            ChangelogEntry(date: Int64(clamping: $0.0.0), author: $0.0.1, text: $0.1)
        }
    }
}
