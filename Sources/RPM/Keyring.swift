internal import CRPM
internal import Glibc

/// OpenPGP public keys that packages and metadata may be signed with: these and no others, whatever
/// the system's own database trusts.
public struct Keyring: Sendable, Hashable {
    /// More certificates than this in one file are refused.
    public static let maximumCertificates = 64

    /// One certificate (primary key, user ids, subkeys) each, in OpenPGP's binary form.
    let certificates: [[UInt8]]

    init(certificates: [[UInt8]]) { self.certificates = certificates }

    /// The keys of all of them.
    public init(joining keyrings: [Keyring]) {
        certificates = keyrings.flatMap(\.certificates)
    }

    /// Throws unless the primary keys are those of these fingerprints (lower-case hexadecimal), all
    /// of them and no others.
    public func check(fingerprints: [String]) throws(KeyringError) {
        var found: Set<String> = []
        for certificate in certificates {
            let fingerprint = Self.fingerprint(certificate)
            guard fingerprints.contains(fingerprint) else { throw .otherKey(fingerprint) }
            found.insert(fingerprint)
        }
        guard let absent = fingerprints.first(where: { !found.contains($0) }) else { return }
        throw .absentKey(absent)
    }

    private static func fingerprint(_ certificate: [UInt8]) -> String {
        var bytes: UnsafeMutablePointer<UInt8>?
        var length = 0
        defer { free(bytes) }
        guard pgpPubkeyFingerprint(certificate, certificate.count, &bytes, &length) == 0 else {
            return "unknown"
        }
        return UnsafeBufferPointer(start: bytes, count: length).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Reads the contents of key files, each armored (one or more blocks) or binary.
    public static func reading(_ files: [KeyFile]) async throws -> Keyring {
        try await RPMLibrary.run {
            Keyring(certificates: try files.flatMap { try $0.certificates() })
        }
    }
}

/// The content of a file with public keys, and its name for errors.
public struct KeyFile: Sendable, Hashable {
    public let name: String
    public let bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    fileprivate func certificates() throws(KeyringError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for packets in try blocks() {
            var rest = packets[...]
            while !rest.isEmpty {
                guard found.count < Keyring.maximumCertificates else {
                    throw .tooManyKeys(file: name, limit: Keyring.maximumCertificates)
                }
                let length = certificateLength(rest)
                guard length > 0, length <= rest.count else { throw .noKey(file: name) }
                let certificate = Array(rest.prefix(length))
                guard isPublicKey(certificate) else { throw .noKey(file: name) }
                found.append(certificate)
                rest = rest.dropFirst(length)
            }
        }
        guard !found.isEmpty else { throw .noKey(file: name) }
        return found
    }

    private func blocks() throws(KeyringError) -> [[UInt8]] {
        // RFC 4880, section 4.2: the first bit of a packet is set; armor is ASCII.
        if let first = bytes.first, first & 0x80 != 0 { return [bytes] }
        let begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
        var found: [[UInt8]] = []
        for part in String(decoding: bytes, as: UTF8.self).split(separator: begin)
        where part.contains("-----END PGP PUBLIC KEY BLOCK-----") {
            guard let packets = Armor.decode(begin + part, "PUBLIC KEY BLOCK") else {
                throw .noKey(file: name)
            }
            found.append(packets)
        }
        return found
    }

    private func certificateLength(_ packets: ArraySlice<UInt8>) -> Int {
        var length = 0
        let code = packets.withUnsafeBufferPointer {
            pgpPubKeyCertLen($0.baseAddress, $0.count, &length)
        }
        return code == 0 ? length : 0
    }

    private func isPublicKey(_ certificate: [UInt8]) -> Bool {
        guard let key = rpmPubkeyNew(certificate, certificate.count) else { return false }
        rpmPubkeyFree(key)
        return true
    }
}

/// Why a key file could not be used.
public enum KeyringError: Error, Sendable, Hashable {
    case noKey(file: String)
    case tooManyKeys(file: String, limit: Int)
    /// A key whose fingerprint is not among those that are expected.
    case otherKey(String)
    /// None has this fingerprint.
    case absentKey(String)
}

extension KeyringError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noKey(let file):
            "'\(file)' is no OpenPGP public key; export it with 'gpg --export --armor'"
        case .tooManyKeys(let file, let limit):
            "'\(file)' has more than \(limit) keys; keep only those that sign this repository"
        case .otherKey(let fingerprint):
            "its key '\(fingerprint)' is not among the repository's 'fingerprints'"
        case .absentKey(let fingerprint):
            "it has no key '\(fingerprint)', which the repository's 'fingerprints' name"
        }
    }
}

/// librpm's own keyring made of a ``Keyring``.
struct KeyringHandle: ~Copyable {
    let pointer: rpmKeyring

    init(_ keyring: Keyring) {
        pointer = rpmKeyringNew()
        for certificate in keyring.certificates {
            guard let key = rpmPubkeyNew(certificate, certificate.count) else { continue }
            rpmKeyringAddKey(pointer, key)
            var count: Int32 = 0
            if let subkeys = rpmGetSubkeys(key, &count) {
                for index in 0..<Int(count) {
                    rpmKeyringAddKey(pointer, subkeys[index])
                    rpmPubkeyFree(subkeys[index])
                }
                free(subkeys)
            }
            rpmPubkeyFree(key)
        }
    }

    deinit { rpmKeyringFree(pointer) }
}
