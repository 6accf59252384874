internal import Digests
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Hashes passwords and compares them, one after another on a thread of its own: each takes
/// 128 MiB and a part of a second.
final class PasswordHasher: Sendable {
    /// The cost of new ones: OWASP's first choice for scrypt (Password Storage Cheat Sheet).
    static let standard = Scrypt(logN: 17, blockSize: 8, parallelism: 1)
    /// That wait for their turn; who comes then is told to come again.
    static let maximumWaiting = 16
    /// In characters (NIST SP 800-63B asks for 8 at least), and in bytes.
    static let minimumLength = 12
    static let maximumBytes = 1024

    private struct State {
        var waiting = 0
        var derivations = 0
    }

    private let scrypt: Scrypt
    private let random: @Sendable (Int) -> [UInt8]
    private let queue = DispatchQueue(label: "howdah-panel.passwords")
    private let state = Mutex(State())

    init(_ scrypt: Scrypt = standard, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.scrypt = scrypt
        self.random = random
    }

    /// How many keys were derived: what an answer cost, and must not tell.
    var derivations: Int { state.withLock { $0.derivations } }

    func hash(_ password: String) async throws -> String {
        try Self.check(password)
        let salt = random(PasswordHash.saltBytes)
        let key = try await derive(scrypt, password, salt, PasswordHash.keyBytes)
        return PasswordHash(scrypt: scrypt, salt: salt, key: key).description
    }

    /// Whether the password is that of the hash. Where there is none (nobody has the name), the
    /// same work is done for nothing: the time says nothing of who exists.
    func matches(_ password: String, _ hash: String?) async throws -> Bool {
        guard password.utf8.count <= Self.maximumBytes else { return false }
        let stored = hash.flatMap(PasswordHash.init)
        let key = try await derive(
            stored?.scrypt ?? scrypt, password,
            stored?.salt ?? [UInt8](repeating: 0, count: PasswordHash.saltBytes),
            stored?.key.count ?? PasswordHash.keyBytes)
        guard let stored else { return false }
        return areEqualSecrets(key, stored.key)
    }

    static func check(_ password: String) throws(Refusal) {
        guard password.count >= minimumLength, password.utf8.count <= maximumBytes else {
            throw Refusal.badRequest("a password has \(minimumLength) characters at least")
        }
    }

    private func derive(
        _ scrypt: Scrypt, _ password: String, _ salt: [UInt8], _ count: Int
    ) async throws -> [UInt8] {
        let isOneTooMany = state.withLock { state in
            guard state.waiting < Self.maximumWaiting else { return true }
            state.waiting += 1
            state.derivations += 1
            return false
        }
        if isOneTooMany { throw Refusal.busy("logins") }
        // The same letters from two keyboards are the same password (RFC 8265, section 4.2).
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        let key = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: scrypt.key(of: bytes, salt: salt, count: count))
            }
        }
        state.withLock { $0.waiting -= 1 }
        guard let key else { throw Refusal.busy("logins") }
        return key
    }
}
