/// A `.repo` file for dnf and yum (dnf.conf(5)).
public struct RepoFile: Sendable, Hashable {
    /// How a client reaches a private bucket.
    public enum Access: Sendable, Hashable {
        /// By the signing proxy on this machine, which needs no plugin. The secret is this boot's:
        /// a file with it is for root alone.
        case gateway(port: Int, secret: String)
        /// As plugins for yum and dnf, and Howdah's own nodes, read it: `s3_enabled=1`.
        case plugin
        /// By plain HTTPS, for what is public or behind a CDN.
        case url(String)
    }

    public var id: String
    public var name: String
    public var bucket: String
    public var prefix: String
    public var access: Access
    /// URLs of the public keys.
    public var keys: [String]
    /// Packages must be signed.
    public var checksPackages: Bool
    /// `repomd.xml` must be signed.
    public var checksMetadata: Bool
    /// How long a client believes what it knows, such as `6h`.
    public var metadataExpire: String

    public init(
        id: String, name: String, bucket: String, prefix: String, access: Access,
        keys: [String] = [], checksPackages: Bool = true, checksMetadata: Bool = true,
        metadataExpire: String = RepoFile.standardExpire
    ) {
        self.id = id
        self.name = name
        self.bucket = bucket
        self.prefix = prefix.split(separator: "/").joined(separator: "/")
        self.access = access
        self.keys = keys
        self.checksPackages = checksPackages
        self.checksMetadata = checksMetadata
        self.metadataExpire = metadataExpire
    }

    /// dnf's own is two days, in which nobody sees a new package.
    public static let standardExpire = "6h"

    /// An id that dnf takes (letters, digits, `-`, `_`, `.`, `:`), made of the place.
    public static func id(bucket: String, prefix: String) -> String {
        let parts = [Substring(bucket)] + prefix.split(separator: "/")
        return String(parts.joined(separator: "-").map { isIDCharacter($0) ? $0 : "-" })
    }

    public static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy(isIDCharacter)
    }

    private static func isIDCharacter(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || "-_.:".contains(character))
    }

    /// Whether dnf reads it as a time: `never`, -1, or a number with s, m, h or d.
    public static func isExpire(_ text: String) -> Bool {
        if text == "never" || text == "-1" { return true }
        let digits =
            text.hasSuffix("s") || text.hasSuffix("m") || text.hasSuffix("h")
                || text.hasSuffix("d") ? text.dropLast() : text[...]
        return Int(digits).map { $0 >= 0 } ?? false
    }

    public var text: String {
        var lines = ["[\(id)]", "name=\(name)", "baseurl=\(baseURL)", "enabled=1"]
        if access == .plugin { lines.append("s3_enabled=1") }
        lines.append("gpgcheck=\(checksPackages ? 1 : 0)")
        lines.append("repo_gpgcheck=\(checksMetadata ? 1 : 0)")
        // Further ones go to lines of their own that begin with blanks (dnf.conf(5), "list").
        if !keys.isEmpty { lines.append("gpgkey=\(keys.joined(separator: "\n       "))") }
        lines.append("metadata_expire=\(metadataExpire)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// With a slash at its end. A client takes what is there as encoded.
    public var baseURL: String {
        let path = prefix.isEmpty ? "" : prefix + "/"
        switch access {
        case .gateway(let port, let secret):
            return "http://127.0.0.1:\(port)/\(secret)/\(bucket)/\(encoded(path))"
        case .plugin: return "s3://\(bucket)/\(path)"
        case .url(let url): return url.hasSuffix("/") ? url : url + "/"
        }
    }

    private func encoded(_ path: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
        var text = ""
        for byte in path.utf8 {
            if plain.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return text
    }
}
