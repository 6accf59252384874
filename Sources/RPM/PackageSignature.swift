internal import CRPM
public import Digests
internal import Glibc

extension Keyring {
    /// Checks every digest and signature of package files and that one of these keys signed each.
    /// Throws ``SignatureError`` for the first file that does not pass.
    public func verify(packages: [SignedPackage]) async throws {
        try await RPMLibrary.run {
            let keyring = KeyringHandle(self)
            for package in packages { try verify(package, keyring) }
        }
    }

    /// As `verify`, but for each package: the digest of the very content that was checked, or why
    /// it does not pass.
    public func digests(
        of packages: [SignedPackage], _ algorithm: DigestAlgorithm
    ) async throws -> [Result<Digest, SignatureError>] {
        try await RPMLibrary.run {
            let keyring = KeyringHandle(self)
            return packages.map { package in
                do throws(SignatureError) {
                    return .success(try digest(package, keyring, algorithm))
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    /// Opens a file once, for the check and for the digest, so that another one that takes its
    /// name meanwhile is neither; and sees to it that nobody writes into it from the one to the
    /// other.
    private func digest(
        _ package: SignedPackage, _ keyring: borrowing KeyringHandle, _ algorithm: DigestAlgorithm
    ) throws(SignatureError) -> Digest {
        let name = package.name
        let descriptor = open(package.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unreadable(name: name, reason: "it cannot be opened: errno \(errno)")
        }
        defer { close(descriptor) }
        let before = FileStamp(descriptor)
        try verify(
            SignedPackage(path: "/proc/self/fd/\(descriptor)", name: name), keyring)
        var hasher = StreamHasher(algorithm)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw .unreadable(name: name, reason: "it cannot be read: errno \(errno)")
            }
            if count == 0 { break }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        guard before == FileStamp(descriptor) else {
            throw .unreadable(name: name, reason: "somebody wrote into it meanwhile")
        }
        return hasher.finish()
    }

    /// The files that librpm's own check at the start of a transaction would refuse are refused
    /// here too, but before anything else is done and with a reason.
    private func verify(
        _ package: SignedPackage, _ keyring: borrowing KeyringHandle
    ) throws(SignatureError) {
        let (path, name) = (package.path, package.name)
        guard let transaction = rpmtsCreate() else {
            throw .unreadable(name: name, reason: "out of memory")
        }
        defer { rpmtsFree(transaction) }
        requireSignatures(transaction, keyring)
        guard let file = Fopen(path, "r.ufdio"), Ferror(file) == 0 else {
            throw .unreadable(name: name, reason: "it cannot be opened")
        }
        defer { Fclose(file) }
        RPMLog.clear()
        var unused = rpmQVKArguments_s()
        guard rpmVerifySignatures(&unused, transaction, file, path) != 0 else { return }
        throw SignatureReport(lines: RPMLog.lines()).error(name)
    }
}

/// What changes with every write to a file.
private struct FileStamp: Equatable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ descriptor: Int32) {
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        size = isKnown ? Int(status.st_size) : -1
        seconds = status.st_ctim.tv_sec
        nanoseconds = status.st_ctim.tv_nsec
    }
}

/// A package file, and what errors call it.
public struct SignedPackage: Sendable, Hashable {
    public let path: String
    public let name: String

    public init(path: String, name: String) {
        self.path = path
        self.name = name
    }
}

/// Makes librpm trust `keyring` alone and refuse what lacks a digest or a signature.
func requireSignatures(_ transaction: rpmts, _ keyring: borrowing KeyringHandle) {
    rpmtsSetKeyring(transaction, keyring.pointer)
    rpmtsSetVSFlags(transaction, 0)
    rpmtsSetVfyFlags(transaction, 0)
    rpmtsSetVfyLevel(transaction, Int32(RPMSIG_DIGEST_TYPE | RPMSIG_SIGNATURE_TYPE))
}

/// Reads the lines that librpm writes about a package's digests and signatures, such as
/// `Header V4 RSA/SHA256 Signature, key ID fd431d51: NOKEY` (rpm's lib/rpmvs.c).
private struct SignatureReport {
    let lines: [String]

    func error(_ name: String) -> SignatureError {
        if let line = lines.first(where: { $0.contains("BAD") || $0.contains("NOTTRUSTED") }) {
            return .bad(name: name, reason: line)
        }
        if let line = lines.first(where: { $0.hasSuffix("NOKEY") }) {
            return .unknownKey(name: name, keyID: keyID(line))
        }
        if !lines.contains(where: { $0.contains("Signature") }), !lines.isEmpty {
            return .unsigned(name: name)
        }
        return .bad(name: name, reason: lines.joined(separator: "; "))
    }

    private func keyID(_ line: String) -> String {
        let words = line.split { $0 == " " || $0 == ":" || $0 == "," }
        guard let place = words.firstIndex(of: "ID"), place + 1 < words.count else { return "" }
        return String(words[place + 1])
    }
}

/// Why a signature was not accepted.
public enum SignatureError: Error, Sendable, Hashable {
    case unsigned(name: String)
    case unknownKey(name: String, keyID: String)
    case bad(name: String, reason: String)
    case unreadable(name: String, reason: String)
}

extension SignatureError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unsigned(let name):
            "'\(name)' is not signed; sign it and publish again"
        case .unknownKey(let name, let keyID):
            "'\(name)' is signed by key '\(keyID)', which is none of the configured keys; "
                + "sign it with the repository's key and publish again, or add that key to gpgkey"
        case .bad(let name, let reason):
            "'\(name)' has a bad signature or digest: \(reason); publish it again"
        case .unreadable(let name, let reason):
            "'\(name)' cannot be read as a package: \(reason)"
        }
    }
}
