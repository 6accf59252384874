/// The headers of a MIME message or of one of its parts, and what follows them (RFC 2045, RFC 2046,
/// RFC 5322). Lenient where mailers are: line ends of both kinds, names in any case.
struct MIMEMessage {
    static let maximumHeaders = 100

    /// Names in lower case; of several of one name the first counts.
    private let headers: [String: String]
    private let body: [UInt8]

    /// Whether it looks like a message, as cloud-init looks: the word within the first 4096 bytes.
    /// A script or cloud-config may contain it too, but begins with '#'.
    static func isLikely(_ bytes: [UInt8]) -> Bool {
        guard bytes.first != UInt8(ascii: "#") else { return false }
        let start = String(decoding: bytes.prefix(4096), as: UTF8.self).lowercased()
        return start.hasPrefix("content-") || start.contains("mime-version:")
    }

    /// Nil where the headers are not right and we are not named: then it is somebody else's.
    ///
    /// `isPart`: it stands in a multipart, where no blank line is needed if there are no headers.
    init?(_ part: UserDataPart, isPart: Bool) throws(ConfigurationError) {
        var lines = MIMELines(part.bytes)
        var fields: [(name: String, value: String)] = []
        while let line = lines.next() {
            if line.isEmpty {
                headers = Dictionary(
                    fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
                body = lines.rest
                return
            }
            let text = String(decoding: line, as: UTF8.self)
            if line.first == 0x20 || line.first == 0x09, !fields.isEmpty {
                fields[fields.count - 1].value += text
            } else if let field = Self.field(text), fields.count < Self.maximumHeaders {
                fields.append(field)
            } else if fields.isEmpty, !isPart, text.hasPrefix("From ") {
                continue  // The envelope of a mailbox file, which Python writes.
            } else {
                break
            }
        }
        guard part.mentionsUs else { return nil }
        throw part.failure(
            "a blank line is missing between the headers and the content of this part",
            line: max(lines.number, 1))
    }

    /// A header. Nil for anything else, and for our own keys: they are content whose blank line
    /// was forgotten.
    private static func field(_ line: String) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let name = line[..<colon].lowercased()
        let isName =
            !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != 0x23 }
        guard isName, !ClusterFragment.keys.contains(name) else { return nil }
        return (name, String(line[line.index(after: colon)...]))
    }

    /// What it holds, decoded; nil where that is nobody's or somebody else's.
    func content(_ part: UserDataPart) throws(ConfigurationError) -> UserDataPart? {
        let type = Self.type(headers["content-type"] ?? "text/plain")
        guard type != .foreign else { return nil }
        var place = part.place
        if let name = Self.parameter("filename", of: headers["content-disposition"] ?? ""),
            Name.isPlain(name)
        {
            place += " '\(name)'"
        }
        var inner = UserDataPart(body, type: type, place: place)
        let encoding = headers["content-transfer-encoding"] ?? "7bit"
        guard let decoded = TransferEncoding.decode(body, encoding) else {
            guard type == .ours || type == .cloudConfig || inner.mentionsUs else { return nil }
            throw inner.failure(
                "content that is not in the Content-Transfer-Encoding that it names")
        }
        inner.bytes = decoded
        return inner
    }

    /// What a Content-Type means to us.
    static func type(_ value: String) -> UserDataPart.Kind {
        let name = value.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        switch name {
        case "application/x-howdah+yaml": return .ours
        case "text/cloud-config": return .cloudConfig
        case "text/cloud-config-archive": return .cloudConfigArchive
        case "", "text/plain", "text/x-not-multipart", "application/octet-stream",
            "message/rfc822", "application/gzip", "application/x-gzip", "text/yaml",
            "application/yaml", "application/x-yaml":
            return .unknown
        case _ where name.hasPrefix("multipart/"):
            return .multipart(boundary: parameter("boundary", of: value))
        default: return .foreign
        }
    }

    /// A parameter of a header's value, with or without quotes.
    static func parameter(_ name: String, of value: String) -> String? {
        var rest = value[...]
        while let mark = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: mark)...].drop { $0.isWhitespace }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let key = rest[..<equals].filter { !$0.isWhitespace }.lowercased()
            let text = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
            if text.first == "\"" {
                let inner = text.dropFirst().prefix { $0 != "\"" }
                if key == name { return String(inner) }
                rest = text[inner.endIndex...]
            } else {
                let inner = text.prefix { $0 != ";" && !$0.isWhitespace }
                if key == name { return inner.isEmpty ? nil : String(inner) }
                rest = text[inner.endIndex...]
            }
        }
        return nil
    }
}
