internal import Digests
public import Host

/// What a URL must begin with. Made anew at each boot and kept where a boot's end removes it, so
/// that a gateway that is started again has the same. Never printed.
public struct GatewaySecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Hexadecimal digits.
    public let text: String

    static let bytes = 16

    /// Nil unless it could have been made here.
    public init?(_ text: String) {
        guard text.utf8.count == GatewaySecret.bytes * 2, Hex.decode(text) != nil else {
            return nil
        }
        self.text = text
    }

    public static func random() -> GatewaySecret {
        var generator = SystemRandomNumberGenerator()
        return made { generator.next() }
    }

    static func made(_ next: () -> UInt64) -> GatewaySecret {
        var bytes: [UInt8] = []
        while bytes.count < GatewaySecret.bytes {
            withUnsafeBytes(of: next()) { bytes += $0 }
        }
        return GatewaySecret(unchecked: Hex.encode(Array(bytes.prefix(GatewaySecret.bytes))))
    }

    private init(unchecked text: String) { self.text = text }

    /// The secret in a file, which is made (mode 0600) if it is not there or holds none.
    public static func kept(in path: String, _ files: Files) throws(FileError) -> GatewaySecret {
        if let text = try files.textIfPresent(path, limit: 4096),
            let secret = GatewaySecret(text.split(separator: "\n").first.map(String.init) ?? "")
        {
            return secret
        }
        let secret = random()
        try files.write(secret.text + "\n", to: path, mode: 0o600)
        return secret
    }

    /// Takes the same time wherever the difference is.
    func matches(_ given: String) -> Bool {
        let ours = Array(text.utf8)
        let theirs = Array(given.utf8)
        guard ours.count == theirs.count else { return false }
        var difference: UInt8 = 0
        for place in ours.indices { difference |= ours[place] ^ theirs[place] }
        return difference == 0
    }

    public var description: String { "the gateway's secret" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
