internal import FoundationEssentials

/// Looks for our parts in user-data, layer by layer, within limits.
struct UserDataSearch {
    /// Layers of base64, gzip and MIME in one another.
    static let maximumDepth = 10
    static let maximumParts = 200
    /// Of all layers together; EC2 allows 16 KiB of user-data.
    static let maximumBytes = 8 << 20

    var found: [ClusterFragment] = []
    private let unpack: UserData.Unpack
    private var parts = 0
    private var bytes = 0

    init(unpack: @escaping UserData.Unpack) {
        self.unpack = unpack
    }

    mutating func look(at part: UserDataPart, depth: Int) throws(ConfigurationError) {
        guard part.type != .foreign, !part.bytes.isEmpty else { return }
        parts += 1
        bytes += part.bytes.count
        guard depth <= Self.maximumDepth, parts <= Self.maximumParts else {
            throw part.failure(
                "more than \(Self.maximumDepth) layers or \(Self.maximumParts) parts")
        }
        guard bytes <= Self.maximumBytes else { throw part.failure(tooLong) }
        if part.bytes.starts(with: [0x1f, 0x8b]) {
            return try look(at: unpacked(part), depth: depth + 1)
        }
        switch part.type {
        case .foreign: return
        case .multipart(let boundary):
            try lookInside(part, boundary: boundary, depth: depth)
        case .ours: try add(part)
        case .cloudConfig: try addEmbedded(part)
        case .cloudConfigArchive: try lookInArchive(part, depth: depth)
        case .unknown: try tell(part, depth: depth)
        }
    }

    private var tooLong: String { "unpacks to more than \(Self.maximumBytes) bytes" }

    private func unpacked(_ part: UserDataPart) throws(ConfigurationError) -> UserDataPart {
        var inner = part
        do {
            inner.bytes = try unpack(part.bytes, Self.maximumBytes - bytes)
        } catch {
            throw part.failure("gzip that cannot be unpacked: \(error)")
        }
        return inner
    }

    /// By its first line, as cloud-init does.
    private mutating func tell(_ part: UserDataPart, depth: Int) throws(ConfigurationError) {
        var part = part
        if part.bytes.starts(with: [0xef, 0xbb, 0xbf]) { part.bytes.removeFirst(3) }
        guard let text = String(validating: part.bytes, as: UTF8.self) else { return }
        if MIMEMessage.isLikely(part.bytes) {
            return try lookInMessage(part, depth: depth)
        }
        if text.hasPrefix("#cloud-config-archive") {
            return try lookInArchive(part, depth: depth)
        }
        if text.hasPrefix("#cloud-config") { return try addEmbedded(part) }
        if text.hasPrefix("## template:") { return try refuseTemplate(part) }
        if Self.foreignBeginnings.contains(where: { text.hasPrefix($0) }) { return }
        if let inner = Self.base64(part.bytes) {
            part.bytes = inner
            return try look(at: part, depth: depth + 1)
        }
        try addPlain(part, text)
    }

    /// First lines by which cloud-init knows other formats ("User-data formats" in its manual).
    private static let foreignBeginnings = [
        "#!", "#include", "#cloud-boothook", "#part-handler", "#upstart-job", "From ",
    ]

    /// We render no templates: what is ours in one must not be passed over.
    private func refuseTemplate(_ part: UserDataPart) throws(ConfigurationError) {
        guard part.mentionsUs else { return }
        throw part.failure("a template is not rendered here: put 'howdah' into a part of its own")
    }

    /// Nil unless all of it is base64.
    static func base64(_ bytes: [UInt8]) -> [UInt8]? {
        let blanks: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
        let digits = bytes.filter { !blanks.contains($0) }
        guard digits.count >= 4, let data = Data(base64Encoded: Data(digits)) else { return nil }
        return Array(data)
    }

    mutating func lookInMessage(_ part: UserDataPart, depth: Int) throws(ConfigurationError) {
        guard let inner = try MIMEMessage(part, isPart: false)?.content(part) else { return }
        try look(at: inner, depth: depth + 1)
    }

    private mutating func lookInside(
        _ part: UserDataPart, boundary: String?, depth: Int
    ) throws(ConfigurationError) {
        guard let boundary, let pieces = MIMEMessage.split(part.bytes, boundary: boundary) else {
            guard part.mentionsUs else { return }
            throw part.failure(
                boundary.map { "no part begins with its boundary '--\($0)'" }
                    ?? "multipart without a boundary in its Content-Type")
        }
        let separator = part.place.contains(" part ") ? "." : " part "
        for (number, piece) in pieces.enumerated() {
            let inner = UserDataPart(
                piece, type: .unknown, place: "\(part.place)\(separator)\(number + 1)")
            guard let content = try MIMEMessage(inner, isPart: true)?.content(inner) else {
                continue
            }
            try look(at: content, depth: depth + 1)
        }
    }

    /// cloud-init's `#cloud-config-archive`: a list of texts, or of mappings with `type` and
    /// `content`.
    private mutating func lookInArchive(
        _ part: UserDataPart, depth: Int
    ) throws(ConfigurationError) {
        let root: YAMLNode
        do {
            root = try YAMLNode.parse(part.bytes, file: part.place)
        } catch {
            guard part.mentionsUs else { return }
            throw error
        }
        guard case .sequence(let items) = root.content else { return }
        let separator = part.place.contains(" part ") ? "." : " part "
        for (number, item) in items.enumerated() {
            guard case .scalar(let text, _) = (item["content"] ?? item).content else { continue }
            var type = UserDataPart.Kind.unknown
            if case .scalar(let name, _) = item["type"]?.content {
                type = MIMEMessage.type(name)
            }
            let place = "\(part.place)\(separator)\(number + 1)"
            try look(
                at: UserDataPart(Array(text.utf8), type: type, place: place), depth: depth + 1)
        }
    }
}
