/// Why a tree was not indexed at all.
public enum IndexError: Error, Sendable, Hashable {
    case noDirectory(path: String)
    case tooDeep(path: String, limit: Int)
    case tooMany(limit: Int)
    case signing(reason: String)
    case cannotWrite(path: String, code: Int32)
    /// Another run writes this repository's metadata.
    case busy(path: String)
    /// createrepo_c's lock.
    case foreignLock(path: String)
    /// Metadata that is not made of packages cannot be had.
    case extra(path: String, reason: String)
    /// Two metadata files would overwrite each other.
    case sameName(path: String, types: [String])
    case duplicates([DuplicatePackages])
    /// Metadata that was there, and without which this cannot be done.
    case unusable(path: String, reason: String)
    case keyring(reason: String)
}

extension IndexError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noDirectory(let path):
            "'\(path)' is no directory; name the one that holds the packages"
        case .tooDeep(let path, let limit):
            "'\(path)' is more than \(limit) directories deep; does a link lead back up?"
        case .tooMany(let limit):
            "there are more than \(limit) packages; make more than one repository"
        case .signing(let reason):
            "repomd.xml could not be signed: \(reason)"
        case .cannotWrite(let path, let code):
            "nothing can be written below '\(path)': errno \(code)"
        case .busy(let path):
            "another run writes this index ('\(path)' is locked); wait for its end and try again"
        case .foreignLock(let path):
            "'\(path)' is there: createrepo_c is at work, or was killed; if it does not run, "
                + "remove that directory"
        case .extra(let path, let reason):
            "'\(path)' cannot be put into the metadata: \(reason)"
        case .sameName(let path, let types):
            "two files cannot both be '\(path)' (\(types.joined(separator: " and "))); rename one, "
                + "or leave --simple-md-filenames out"
        case .duplicates(let duplicates):
            "nothing was written, since packages are there more than once: "
                + duplicates.map { "\($0)" }.joined(separator: "; ")
        case .unusable(let path, let reason):
            "the metadata of '\(path)' cannot be used: \(reason)"
        case .keyring(let reason):
            "the keys that packages must be signed by cannot be read: \(reason)"
        }
    }
}
