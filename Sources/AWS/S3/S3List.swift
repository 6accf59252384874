internal import FoundationEssentials

/// One line of a listing.
public struct S3Entry: Sendable, Equatable {
    public var key: String
    /// Bytes.
    public var size: Int64
    /// With its quotes.
    public var entityTag: String
    /// When it was stored, in seconds since 1970; nil where the store does not say.
    public var modified: Int64?

    public init(key: String, size: Int64, entityTag: String, modified: Int64? = nil) {
        self.key = key
        self.size = size
        self.entityTag = entityTag
        self.modified = modified
    }
}

extension S3Client {
    /// Pages of a thousand keys that a listing may have.
    public static let maximumPages = 1000

    /// All objects whose key starts with the location's, in S3's order (ListObjectsV2).
    public func list(_ prefix: S3Location) async throws -> [S3Entry] {
        var entries: [S3Entry] = []
        var token: String?
        for _ in 0..<S3Client.maximumPages {
            var call = call(
                "ListObjectsV2", "GET", S3Location(bucket: prefix.bucket, key: ""))
            call.query = "list-type=2&prefix=\(URIEncoding.encode(prefix.key))"
            if let token { call.query += "&continuation-token=\(URIEncoding.encode(token))" }
            let document = try caller.document(call, try await caller.send(call))
            for element in document.all("Contents") {
                // A key may begin or end with a blank: its text is taken as it is.
                guard let key = element["Key"]?.text, let size = element.value("Size"),
                    let bytes = Int64(size)
                else { continue }
                let modified = element.value("LastModified").flatMap(AWSDate.parse)
                entries.append(
                    S3Entry(
                        key: key, size: bytes, entityTag: element.value("ETag") ?? "",
                        modified: modified.map { Int64($0.timeIntervalSince1970) }))
            }
            token = document.value("NextContinuationToken")
            guard document.value("IsTruncated") == "true", token != nil else { return entries }
        }
        throw UnreadableAnswer(
            service: "s3", operation: "ListObjectsV2",
            reason: "more than \(S3Client.maximumPages) pages below '\(prefix)'")
    }
}
