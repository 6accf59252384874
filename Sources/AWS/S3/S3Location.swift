/// `s3://bucket/key`; the key may be empty, or a prefix.
public struct S3Location: Sendable, Hashable, CustomStringConvertible {
    public var bucket: String
    /// Without a slash at its start; not encoded.
    public var key: String

    public init(bucket: String, key: String) {
        self.bucket = bucket
        self.key = key
    }

    /// Nil unless it is an `s3:` URL whose bucket name is allowed (3 to 63 lower-case letters,
    /// digits, dots and hyphens). Nothing is decoded: what is written is the key.
    public init?(_ url: String) {
        guard url.hasPrefix("s3://") else { return nil }
        let rest = url.dropFirst(5)
        let bucket = rest.prefix { $0 != "/" }
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789.-")
        guard (3...63).contains(bucket.count), bucket.allSatisfy({ allowed.contains($0) }),
            !bucket.hasPrefix("."), !bucket.hasPrefix("-")
        else { return nil }
        self.bucket = String(bucket)
        key = String(rest.dropFirst(bucket.count + 1))
    }

    public var description: String { "s3://\(bucket)/\(key)" }

    /// The place of `path` below this one taken as a folder.
    public func appending(_ path: String) -> S3Location {
        let folder = key.isEmpty || key.hasSuffix("/") ? key : key + "/"
        return S3Location(bucket: bucket, key: folder + path)
    }
}
