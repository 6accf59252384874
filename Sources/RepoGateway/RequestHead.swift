/// The request line and the header fields of one request, read strictly (RFC 9112): what could be
/// read in two ways is refused.
public struct RequestHead: Sendable, Equatable {
    public var method: String
    /// As it was sent; starts with a slash.
    public var target: String
    /// The digit behind `HTTP/1.`.
    public var minorVersion: Int
    /// Names in lower case, in their order.
    public private(set) var fields: [(name: String, value: String)] = []

    /// Bytes up to the empty line.
    public static let maximumBytes = 16_384
    public static let maximumFields = 64
    static let maximumTarget = 4096
    static let maximumMethod = 16

    /// Of these a second one would contradict the first.
    static let single: Set<String> = [
        "host", "content-length", "range", "if-range", "if-match", "if-none-match",
        "if-modified-since", "if-unmodified-since", "authorization",
    ]

    /// `bytes` are all before the empty line, without the line break before that.
    public static func parse(_ bytes: [UInt8]) throws(Refusal) -> RequestHead {
        guard bytes.count <= maximumBytes else { throw Refusal(431, "the header is too long") }
        // Every byte but the line breaks is printable ASCII or a tab.
        let text = bytes.split(separator: 10, omittingEmptySubsequences: false)
        var lines: [Substring] = []
        for (number, raw) in text.enumerated() {
            let isLast = number == text.count - 1
            guard isLast || raw.last == 13 else { throw Refusal(400, "a line break without CR") }
            let line = isLast ? raw : raw.dropLast()
            guard line.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 9 }) else {
                throw Refusal(400, "a byte that no header has")
            }
            lines.append(Substring(decoding: line, as: UTF8.self))
        }
        var head = try start(lines.first ?? "")
        for line in lines.dropFirst() { try head.add(line) }
        try head.check()
        return head
    }

    private static func start(_ line: Substring) throws(Refusal) -> RequestHead {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words.allSatisfy({ !$0.isEmpty && !$0.contains("\t") }) else {
            throw Refusal(400, "the first line is no request")
        }
        guard words[0].count <= maximumMethod, words[0].utf8.allSatisfy(isToken) else {
            throw Refusal(400, "the method is no word")
        }
        guard words[1].utf8.count <= maximumTarget else {
            throw Refusal(414, "the target is longer than \(maximumTarget) bytes")
        }
        guard words[1].hasPrefix("/") else {
            throw Refusal(400, "the target is no path: this is no proxy for other hosts")
        }
        guard words[2].hasPrefix("HTTP/"), words[2].utf8.count == 8 else {
            throw Refusal(400, "the first line is no request")
        }
        guard words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            throw Refusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        return RequestHead(
            method: String(words[0]), target: String(words[1]),
            minorVersion: words[2].hasSuffix("1") ? 1 : 0)
    }

    private init(method: String, target: String, minorVersion: Int) {
        self.method = method
        self.target = target
        self.minorVersion = minorVersion
    }

    private mutating func add(_ line: Substring) throws(Refusal) {
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
            line[..<colon].utf8.allSatisfy(RequestHead.isToken)
        else { throw Refusal(400, "a header line is none") }
        guard fields.count < RequestHead.maximumFields else {
            throw Refusal(431, "more than \(RequestHead.maximumFields) header lines")
        }
        let name = line[..<colon].lowercased()
        guard !RequestHead.single.contains(name) || self[name] == nil else {
            throw Refusal(400, "'\(name)' is there twice")
        }
        let value = line[line.index(after: colon)...]
        let start = value.firstIndex { $0 != " " && $0 != "\t" } ?? value.endIndex
        let end = value.lastIndex { $0 != " " && $0 != "\t" }
        fields.append((name, end.map { String(value[start...$0]) } ?? ""))
    }

    private func check() throws(Refusal) {
        guard self["host"] != nil || minorVersion == 0 else { throw Refusal(400, "no Host") }
        // A body that is not read would be taken for the next request.
        guard self["transfer-encoding"] == nil, ["0", nil].contains(self["content-length"]) else {
            throw Refusal(413, "a request with a body is not taken")
        }
        guard self["expect"] == nil else { throw Refusal(417, "nothing is expected here") }
        guard self["upgrade"] == nil else { throw Refusal(400, "no other protocol is spoken") }
    }

    /// The first value of a name in lower case.
    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Whether the client wants to ask more on this connection.
    public var keepsConnection: Bool {
        let words = (self["connection"] ?? "").lowercased().split(separator: ",")
            .map { $0.drop { $0 == " " } }
        if words.contains(where: { $0.hasPrefix("close") }) { return false }
        return minorVersion == 1 || words.contains { $0.hasPrefix("keep-alive") }
    }

    public static func == (one: RequestHead, other: RequestHead) -> Bool {
        one.method == other.method && one.target == other.target
            && one.minorVersion == other.minorVersion
            && one.fields.elementsEqual(other.fields) { $0 == $1 }
    }

    /// RFC 9110, section 5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// Why a request is not carried: a status, and words in one line.
public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    public var status: Int
    public var words: String

    public init(_ status: Int, _ words: String) {
        self.status = status
        self.words = words
    }

    public var description: String { "\(status): \(words)" }
}
