/// Why nothing was installed, as far as resolving, signatures, transport and librpm have no error
/// of their own for it.
public enum InstallError: Error, Sendable, Hashable {
    case nothingAsked
    case noRepository
    case badRepository(id: String, reason: String)
    case noKey(repository: String)
    case unreadableKey(repository: String, reason: String)
    case unsignedMetadata(repository: String, url: String)
    case badMetadata(repository: String, file: String, reason: String)
    case weakChecksum(package: String, repository: String, algorithm: String)
    case unsafeLocation(package: String, repository: String, location: String)
    case locked(path: String, seconds: Int64)
    case timedOut(waitingFor: String, seconds: Int64)
    case localFile(path: String, reason: String)
    /// An earlier transaction that cannot be finished.
    case cutOff(number: Int, asked: String, reason: String)
    /// Bytes.
    case noRoom(path: String, needed: Int64, free: Int64)
}

extension InstallError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nothingAsked:
            "no package was named"
        case .noRepository:
            "there is no repository to install from; put a .repo file into "
                + "/etc/yum.repos.d, or give one by --repo"
        case .badRepository(let id, let reason):
            "repository '\(id)' cannot be used: \(reason)"
        case .noKey(let repository):
            "repository '\(repository)' has no gpgkey, and nothing unsigned is installed; "
                + "give the public key that its packages are signed with"
        case .unreadableKey(let repository, let reason):
            "the gpgkey of repository '\(repository)' cannot be used: \(reason)"
        case .unsignedMetadata(let repository, let url):
            "repository '\(repository)' has no signature '\(url)'; publish it again with --sign, "
                + "or turn repo_gpgcheck off for it"
        case .badMetadata(let repository, let file, let reason):
            "'\(file)' of repository '\(repository)' cannot be used: \(reason); "
                + "publish the repository again"
        case .weakChecksum(let package, let repository, let algorithm):
            "package '\(package)' of repository '\(repository)' has only a checksum of type "
                + "'\(algorithm)'; index the repository again with sha256"
        case .unsafeLocation(let package, let repository, let location):
            "package '\(package)' of repository '\(repository)' is at '\(location)', which is not "
                + "below the repository; index it again"
        case .locked(let path, let seconds):
            "another installation held '\(path)' for \(seconds) s; wait for it to end and run again"
        case .timedOut(let what, let seconds):
            "\(what) took more than \(seconds) s; run again to go on with what is there already"
        case .localFile(let path, let reason):
            "'\(path)': \(reason)"
        case .cutOff(let number, let asked, let reason):
            "transaction \(number) (\(asked)) was cut off and cannot be finished: \(reason)"
        case .noRoom(let path, let needed, let free):
            "the packages need \(needed) bytes in '\(path)', and \(free) are free there; make room "
                + "and run again"
        }
    }
}
