/// Where a public key of a repository is.
///
/// A key from where the packages are proves nothing: it is a file of the machine, or its
/// fingerprint stands beside its URL, as the URL's fragment.
public struct RepositoryKey: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        /// An absolute path.
        case file(String)
        /// `https:`, `http:` or `s3:`.
        case url(String)
    }

    public let place: Place
    /// In lower case; nil for a file that may hold whatever it holds.
    public let fingerprint: String?

    public init(file: String, fingerprint: String? = nil) {
        place = .file(file)
        self.fingerprint = fingerprint
    }

    public init(url: String, fingerprint: String) {
        place = .url(url)
        self.fingerprint = fingerprint
    }

    /// Of a `gpgkey` value: `file:///PATH`, `/PATH`, or `URL#FINGERPRINT`.
    init(_ text: String, root: String) throws(RepositoryKeyError) {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let url = String(parts[0])
        fingerprint = try parts.count > 1 ? Self.fingerprint(String(parts[1]), of: url) : nil
        if url.hasPrefix("file:///") || url.hasPrefix("/") {
            let path = url.hasPrefix("/") ? url : String(url.dropFirst(7))
            place = .file((root == "/" ? "" : root) + path)
            return
        }
        guard ["https://", "http://", "s3://"].contains(where: url.hasPrefix) else {
            throw .noURL(url)
        }
        guard fingerprint != nil else { throw .notPinned(url) }
        place = .url(url)
    }

    private static func fingerprint(
        _ text: String, of url: String
    ) throws(RepositoryKeyError) -> String {
        let digits = text.lowercased()
        guard [40, 64].contains(digits.count), digits.allSatisfy(\.isHexDigit) else {
            throw .badFingerprint(text, url: url)
        }
        return digits
    }
}

/// Why a `gpgkey` is not taken.
enum RepositoryKeyError: Error, Hashable, CustomStringConvertible {
    case noURL(String)
    case notPinned(String)
    case badFingerprint(String, url: String)

    var description: String {
        switch self {
        case .noURL(let text): "its gpgkey '\(text)' is no file:///, https:// or s3:// url"
        case .notPinned(let url):
            "its gpgkey '\(url)' comes from the network and nothing says which key it must be; "
                + "write its fingerprint after it ('\(url)#FINGERPRINT'), or save it and name it "
                + "with file://"
        case .badFingerprint(let text, let url):
            "'#\(text)' of its gpgkey '\(url)' is no fingerprint of 40 or 64 hexadecimal digits"
        }
    }
}
