internal import Archive
internal import Digests
internal import RepoMetadata

/// The state that a change makes of another, and what stores it. Deciding does no I/O.
struct NextState: Sendable {
    enum Signing: Sendable, Equatable {
        case unsigned
        /// The directory's own signature of its own `repomd.xml`.
        case own([UInt8])
        case key
    }

    let edit: RepositoryEdit
    let added: [String]
    let removed: [String]
    let packages: Int
    let revision: String
    let metadata: [Upload]
    let repomd: [UInt8]
    let signing: Signing

    /// Nil if readers see already what the change wants.
    static func decide(
        _ change: any RepositoryChange, on remote: RemoteRepository, own: LocalRepository?,
        store: String, hasKey: Bool, time: Int64
    ) throws -> NextState? {
        let edit = try change.edit(remote.state.records)
        let names = (
            added: edit.add.map { change.offer.records[$0].nevra },
            removed: edit.remove.sorted().map { remote.state.records[$0].nevra }
        )
        if let own, isWhole(own, edit, remote) {
            if own.repomd == remote.repomd?.bytes,
                hasKey || own.signature == nil
                    || own.signature == remote.signature?.bytes
            {
                return nil
            }
            return NextState(
                edit: edit, added: names.added, removed: names.removed,
                packages: own.state.records.count, revision: own.index.revision,
                metadata: own.uploads, repomd: own.repomd,
                signing: try signing(own: own, isOwn: true, remote, hasKey, store))
        }
        let others = OtherMetadata(own: own, remote: remote.index)
        if edit.isEmpty && others.isUnchanged && remote.repomd != nil { return nil }
        let state = try remote.state.changing(
            remove: edit.remove,
            add: Array(
                zip(
                    edit.add.map { change.offer.records[$0] },
                    try change.offer.pieces(edit.add))))
        let snapshot = try state.snapshot(options(remote, own, time: time))
        var document = snapshot.repomd
        document.records += others.records
        return NextState(
            edit: edit, added: names.added, removed: names.removed,
            packages: state.records.count, revision: document.revision,
            metadata: snapshot.files.map { Upload.kept($0.path, $0.bytes) } + others.uploads,
            repomd: document.bytes,
            signing: try signing(own: own, isOwn: false, remote, hasKey, store))
    }

    /// Whether the state afterwards is what the directory's own index says: then that is used as it
    /// is, with its signature.
    private static func isWhole(
        _ own: LocalRepository, _ edit: RepositoryEdit, _ remote: RemoteRepository
    ) -> Bool {
        let records = remote.state.records
        let kept = records.indices.filter { !edit.remove.contains($0) }
        guard kept.count + edit.add.count == own.state.records.count else { return false }
        let keys = Set(own.state.records.map(PackageKey.init))
        return kept.allSatisfy { keys.contains(PackageKey(records[$0])) }
            && OtherMetadata(own: own, remote: remote.index).isOwn
    }

    private static func signing(
        own: LocalRepository?, isOwn: Bool, _ remote: RemoteRepository, _ hasKey: Bool,
        _ store: String
    ) throws -> Signing {
        if hasKey { return .key }
        if isOwn, let signature = own?.signature { return .own(signature) }
        if isOwn && remote.signature != nil { throw PublishError.unsignedOverSigned(store: store) }
        if own?.signature != nil || remote.signature != nil {
            throw PublishError.needsKey(store: store)
        }
        return .unsigned
    }

    /// As what is there, so that unchanged pieces can be taken as they are.
    private static func options(
        _ remote: RemoteRepository, _ own: LocalRepository?, time: Int64
    ) -> SnapshotOptions {
        let index = remote.index ?? own?.index
        let primary = index?.record("primary")
        let last = index.flatMap { Int64($0.revision) } ?? 0
        return SnapshotOptions(
            compression: primary.map { Compression(path: $0.location) } ?? .gzip,
            algorithm: primary?.digest.algorithm ?? .sha256,
            // A later state has a later revision, also within a second.
            revision: String(max(time, last < .max ? last + 1 : time)), time: time,
            tags: index?.tags ?? RepomdDocument.Tags())
    }
}

extension Compression {
    /// By the end of a file's name.
    init(path: String) {
        self =
            Compression.allCases.first { !$0.suffix.isEmpty && path.hasSuffix($0.suffix) } ?? .none
    }
}

/// Metadata of other kinds (groups, updates, modules): a directory's takes the place of the
/// store's, which stays where the directory has none.
struct OtherMetadata {
    let records: [RepomdDocument.Record]
    let uploads: [Upload]
    /// Whether the store has all of it.
    let isUnchanged: Bool
    /// Whether it is all the directory's.
    let isOwn: Bool

    init(own: LocalRepository?, remote: RepomdIndex?) {
        let mine = Self.others(own?.index)
        let theirs = Self.others(remote)
        // A directory's groups take the place of all forms of groups: packed or not.
        let types = Set(mine.map { ExtraFiles.base($0.type) })
        let kept = theirs.filter { !types.contains(ExtraFiles.base($0.type)) }
        records = (mine + kept).sorted { $0.type < $1.type }.map(RepomdDocument.Record.init)
        isUnchanged = mine.allSatisfy { record in
            theirs.contains { $0.type == record.type && $0.digest == record.digest }
        }
        isOwn = kept.isEmpty
        let paths = Set(mine.map(\.location))
        uploads = own?.uploads.filter { paths.contains($0.path) } ?? []
    }

    private static func others(_ index: RepomdIndex?) -> [RepomdIndex.Record] {
        index?.records.filter { ExtraFiles.isOther($0.type) } ?? []
    }
}
