internal import Digests
internal import Foundation

/// A password as the database has it: `$scrypt$ln=17,r=8,p=1$SALT$HASH`, as the PHC string format
/// writes it (base64 without its end).
struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
    static let saltBytes = 16
    static let keyBytes = 32
    /// What a hash in the database may ask for: 1 GiB.
    static let maximumLogN = 20

    var scrypt: Scrypt
    var salt: [UInt8]
    var key: [UInt8]

    init(scrypt: Scrypt, salt: [UInt8], key: [UInt8]) {
        self.scrypt = scrypt
        self.salt = salt
        self.key = key
    }

    /// Nil if it is not of this form.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = parts[2].wholeMatch(of: /ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})/),
            let logN = Int(cost.1), logN <= Self.maximumLogN, let blockSize = Int(cost.2),
            let parallelism = Int(cost.3), let salt = Self.bytes(parts[3]),
            let key = Self.bytes(parts[4]), !key.isEmpty
        else { return nil }
        self.init(
            scrypt: Scrypt(logN: logN, blockSize: blockSize, parallelism: parallelism),
            salt: salt, key: key)
    }

    var description: String {
        "$scrypt$ln=\(scrypt.logN),r=\(scrypt.blockSize),p=\(scrypt.parallelism)"
            + "$\(Self.text(salt))$\(Self.text(key))"
    }

    private static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        let end = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + end).map { [UInt8]($0) }
    }
}
