/// What an instance's user-data has for us: the parts of it that are ours, in their order.
public struct UserData: Sendable, Equatable {
    /// Laid over the baked file one after the other: where two set a key, the later one counts.
    public let fragments: [ClusterFragment]

    /// Unpacks gzip; throws for what is no gzip and for more than `limit` bytes.
    public typealias Unpack = (_ bytes: [UInt8], _ limit: Int) throws -> [UInt8]

    /// Each role that it names; they must agree like those of other sources.
    public var claims: [RoleClaim] {
        fragments.compactMap { fragment in
            fragment.role?.name.map { RoleClaim(.userData, $0, place: fragment.file) }
        }
    }

    /// Finds ours in what cloud-init would take ("User-data formats" in its manual): as it is, in
    /// base64, packed with gzip, in MIME parts of any nesting, in a cloud-config archive. Ours is a
    /// part of the type `application/x-howdah+yaml`, a cluster file in plain YAML (with
    /// `howdah: 1`), or the mapping under the `howdah` key of `#cloud-config`.
    ///
    /// Nil for what belongs to somebody else: scripts, other formats, cloud-config without our key,
    /// nothing at all. What uses our keys and is not right is an error rather than somebody else's:
    /// else a forgotten line would go unnoticed.
    public static func parse(
        _ bytes: [UInt8], file: String = "user-data", unpack: @escaping Unpack
    ) throws(ConfigurationError) -> UserData? {
        var search = UserDataSearch(unpack: unpack)
        try search.look(at: UserDataPart(bytes, type: .unknown, place: file), depth: 0)
        return search.found.isEmpty ? nil : UserData(fragments: search.found)
    }
}

/// A piece of user-data, with what is said of it.
struct UserDataPart {
    /// Media types as far as they make a difference to us.
    enum Kind: Equatable {
        /// `application/x-howdah+yaml`.
        case ours
        case cloudConfig, cloudConfigArchive
        /// To be told by its content, as cloud-init does for `text/plain` and the like.
        case unknown
        case multipart(boundary: String?)
        /// A script, an include, a handler: somebody else's.
        case foreign
    }

    var bytes: [UInt8]
    var type: Kind
    /// For errors: `user-data part 2`.
    var place: String

    init(_ bytes: [UInt8], type: Kind, place: String) {
        self.bytes = bytes
        self.type = type
        self.place = place
    }

    /// Whether a line of it is our key, or names our media type: then a mistake in its wrapping
    /// must not hide us. That somebody's script runs a program of ours is no such thing.
    var mentionsUs: Bool {
        bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            let text = String(decoding: line.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
                .lowercased()
            return text.hasPrefix("howdah:")
                || text.hasPrefix("content-type:") && text.contains("x-howdah")
        }
    }

    func failure(_ words: String, line: Int = 1) -> ConfigurationError {
        ConfigurationError(file: place, line: line, .refused(words))
    }
}
