internal import Archive
internal import ArgumentParser
internal import Digests
internal import FoundationEssentials
internal import RepoMetadata
internal import RepoPublish

/// All options of an index.
struct IndexArguments: ParsableArguments {
    /// Bytes of a list of packages.
    static let maximumListSize = 256 << 20

    @Argument(help: "The directory that holds the packages.", completion: .directory)
    var directory: [String] = []

    @OptionGroup(title: "Which packages") var selection: SelectionArguments
    @OptionGroup(title: "Where things are") var location: LocationArguments
    @OptionGroup(title: "What was there before") var updating: UpdateArguments
    @OptionGroup(title: "What is written") var format: FormatArguments
    @OptionGroup(title: "The run") var running: RunArguments
    @OptionGroup var refused: RefusedArguments

    /// The directory to index, absolute.
    func root() throws -> String {
        guard let path = directory.first, directory.count == 1 else {
            throw ValidationError("name exactly one directory to index")
        }
        guard let base = location.basedir, !path.hasPrefix("/") else { return absolutePath(path) }
        return absolutePath(base + "/" + path)
    }

    /// `isCreaterepo`: defaults are createrepo_c 0.17.3's.
    func options(isCreaterepo: Bool = false) throws -> IndexOptions {
        var options = IndexOptions()
        let root = try root()
        options.output = location.outputdir.map(absolutePath)
        options.selection = try packageSelection()
        options.location.cutDirectories = location.cutDirs
        guard location.cutDirs >= 0 else { throw ValidationError("--cut-dirs is negative") }
        options.location.prefix = location.locationPrefix
        options.location.base = location.baseurl
        options.update = updateRule()
        options.format = try metadataFormat()
        options.extra = try extraMetadata(root, isCreaterepo)
        options.retention = try retention(isCreaterepo)
        guard let duplicates = DuplicateRule(rawValue: selection.duplicates) else {
            throw ValidationError("--duplicates is warn, keep-last or error")
        }
        options.duplicates = duplicates
        if !selection.requireSigned.isEmpty {
            options.keyrings = selection.requireSigned.map(absolutePath)
        }
        options.key = running.sign.map { SigningKey($0, absolute: absolutePath) }
        options.checksPayloads = !running.skipPayloadCheck
        let workers = running.workers ?? ProcessInfo.processInfo.activeProcessorCount
        options.workers = min(max(workers, 1), 100)
        return options
    }

    private func packageSelection() throws -> PackageSelection {
        var made = PackageSelection()
        made.excludes = selection.excludes
        made.recyclesList = selection.recyclePkglist
        made.skipsLinks = selection.skipSymlinks
        var listed = selection.includepkg
        if let path = selection.pkglist {
            guard let bytes = FileManager.default.contents(atPath: absolutePath(path)),
                bytes.count <= Self.maximumListSize
            else { throw ValidationError("the list of packages '\(path)' cannot be read") }
            listed += String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
                String($0.hasSuffix("\r") ? $0.dropLast() : $0)
            }
        }
        if selection.pkglist != nil || !listed.isEmpty { made.listed = listed }
        return made
    }

    private func updateRule() -> UpdateRule? {
        guard updating.update else { return nil }
        var rule = UpdateRule()
        rule.paths = updating.updateMdPath.map(absolutePath)
        rule.skipsStatus = updating.skipStat
        return rule
    }

    private func extraMetadata(_ root: String, _ isCreaterepo: Bool) throws -> ExtraMetadata {
        var extra = ExtraMetadata()
        for text in updating.addMetadata {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, Self.isExtra(parts[0]) else {
                throw ValidationError("'\(text)' is no TYPE=FILE with a type such as updateinfo")
            }
            guard !extra.additions.contains(where: { $0.type == parts[0] }) else {
                throw ValidationError("--add-metadata has the type '\(parts[0])' twice")
            }
            extra.additions.append(.init(type: parts[0], path: absolutePath(parts[1])))
        }
        for type in updating.removeMetadata where !Self.isExtra(type) {
            throw ValidationError("metadata of type '\(type)' cannot be removed")
        }
        extra.removals = Set(updating.removeMetadata)
        extra.groupFile = updating.groupfile.map { path in
            // As in createrepo_c, first below the directory.
            let inside = root + "/" + path
            let isInside = !path.hasPrefix("/") && FileManager.default.fileExists(atPath: inside)
            return isInside ? inside : absolutePath(path)
        }
        let edits = !extra.additions.isEmpty || !extra.removals.isEmpty
        let keeps = updating.keepAllMetadata || edits
        extra.keepsOld =
            isCreaterepo
            ? updating.update && keeps
            : (updating.update || keeps) && !updating.discardAdditionalMetadata
        return extra
    }

    /// Whether a type is none of those that are made of packages.
    private static func isExtra(_ type: String) -> Bool {
        let name = type.split(separator: "_").first ?? ""
        return !name.isEmpty && !["primary", "filelists", "filelists-ext", "other"].contains(name)
            && type.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }
    }

    private func retention(_ isCreaterepo: Bool) throws -> Retention {
        if let age = updating.retainOldMdByAge {
            guard updating.retainOldMd ?? 0 == 0 else {
                throw ValidationError("use one of --retain-old-md and --retain-old-md-by-age")
            }
            guard let rule = Retention(age: age) else {
                throw ValidationError("'\(age)' is no age; write seconds, or 5m, 2h, 30d")
            }
            return rule
        }
        guard let count = updating.retainOldMd else { return isCreaterepo ? .none : .previous }
        guard count >= -1 else { throw ValidationError("--retain-old-md is less than -1") }
        return count == 0 ? .none : .all
    }

    private func metadataFormat() throws -> MetadataFormat {
        var made = MetadataFormat()
        let general = try format.generalCompressType.map(Self.compression)
        let extra = try format.compressType.map(Self.compression)
        made.compression = general ?? .gzip
        made.extraCompression = general ?? (format.xz ? .xz : extra ?? .gzip)
        made.checksum = try FormatArguments.algorithm(format.checksum)
        made.metadataChecksum = try FormatArguments.algorithm(
            format.repomdChecksum ?? format.checksum)
        made.hasUniqueNames = !format.simpleMdFilenames
        made.listsHashes = format.filelistsExt
        guard format.changelogLimit >= -1 else {
            throw ValidationError("--changelog-limit is less than -1")
        }
        made.changelogLimit = format.changelogLimit
        made.revision = format.revision
        if format.setTimestampToRevision {
            guard let time = format.revision.flatMap({ Int64($0) }), time >= 0 else {
                throw ValidationError("--set-timestamp-to-revision needs --revision with a number")
            }
            made.timestamp = time
        }
        made.tags = RepomdDocument.Tags(
            content: format.content,
            distributions: format.distro.compactMap(Self.distribution),
            repositories: format.repo)
        return made
    }

    /// `[CPEID,]TEXT`; nil without a text.
    private static func distribution(_ text: String) -> RepomdDocument.Tags.Distribution? {
        guard let comma = text.firstIndex(of: ",") else { return .init(cpeID: nil, name: text) }
        let (id, name) = (text[..<comma], text[text.index(after: comma)...])
        if name.isEmpty { return nil }
        return .init(cpeID: id.isEmpty ? nil : String(id), name: String(name))
    }

    private static func compression(_ name: String) throws -> Compression {
        guard let compression = Compression(name: name.lowercased()) else {
            throw ValidationError("'\(name)' is no compression; use gz, zstd, xz, bz2 or none")
        }
        return compression
    }
}

extension FormatArguments {
    /// Whether a checksum is asked for that protects nothing.
    var isWeak: Bool {
        [checksum, repomdChecksum ?? checksum].contains {
            DigestAlgorithm(rawValue: $0.lowercased())?.isWeak == true
        }
    }

    static func algorithm(_ name: String) throws -> DigestAlgorithm {
        guard let algorithm = DigestAlgorithm(rawValue: name.lowercased()) else {
            throw ValidationError(
                "'\(name)' is no checksum; use sha224, sha256, sha384 or sha512 (or, for readers "
                    + "that know nothing else, sha, sha1 or md5)")
        }
        return algorithm
    }
}
