internal import CRPM
internal import Digests
internal import Glibc

/// The configuration files of packages that come in. librpm takes one that is there and is not what
/// was packed for the user's own, and leaves it.
struct ConfigurationFiles {
    private struct File {
        let folder: String
        let name: String
        let size: UInt64
        /// Seconds since 1970, which librpm gives the file.
        let modified: UInt32
        let digest: [UInt8]
        /// Nil where it is one that we do not make.
        let algorithm: DigestAlgorithm?
    }

    private static let chunk = 1 << 16
    private var files: [File] = []

    mutating func note(_ all: rpmfiles, _ index: Int32, path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let isRegular = mode_t(rpmfilesFMode(all, index)) & S_IFMT == S_IFREG
        guard isRegular, rpmfilesFFlags(all, index) & RPMFILE_CONFIG.rawValue != 0,
            rpmfilesFFlags(all, index) & RPMFILE_GHOST.rawValue == 0
        else { return }
        var algorithm: Int32 = 0
        var length = 0
        let bytes = rpmfilesFDigest(all, index, &algorithm, &length)
        files.append(
            File(
                folder: String(path[..<slash]), name: String(path[path.index(after: slash)...]),
                size: UInt64(rpmfilesFSize(all, index)),
                modified: UInt32(rpmfilesFMtime(all, index)),
                digest: Array(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : length)),
                algorithm: Self.algorithm(algorithm)))
    }

    /// RFC 4880, section 9.4.
    private static func algorithm(_ number: Int32) -> DigestAlgorithm? {
        switch number {
        case 8: .sha256
        case 9: .sha384
        case 10: .sha512
        case 11: .sha224
        default: nil
        }
    }

    /// Whether one of them is there already.
    func isAnyThere(below root: String) -> Bool {
        files.contains { file in
            var status = stat()
            return lstat("\(root)/\(file.folder)/\(file.name)", &status) == 0
        }
    }

    /// Removes those whose content a power cut took: librpm gave them their name and time, and
    /// their bytes, or some, never came to the disk. What somebody has written since has another
    /// time, and stays.
    func removeTorn(below root: String) {
        for file in files {
            guard let folder = UnpackLeftovers.place(of: file.folder, below: root) else { continue }
            let path = "\(folder)/\(file.name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                Self.isTorn(path, status, file)
            else { continue }
            unlink(path)
        }
    }

    private static func isTorn(_ path: String, _ status: stat, _ file: File) -> Bool {
        if status.st_size == 0 { return file.size != 0 }
        guard status.st_mtim.tv_sec == Int(file.modified) else { return false }
        guard UInt64(status.st_size) == file.size else { return true }
        guard let algorithm = file.algorithm else { return false }
        return digest(path, algorithm) != file.digest
    }

    private static func digest(_ path: String, _ algorithm: DigestAlgorithm) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var hasher = StreamHasher(algorithm)
        var buffer = [UInt8](repeating: 0, count: chunk)
        while case let count = fread(&buffer, 1, chunk, file), count > 0 {
            hasher.update(Array(buffer[..<count]))
        }
        return hasher.finish().bytes
    }
}
