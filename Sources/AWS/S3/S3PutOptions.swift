internal import Transfer

/// What an object is stored with besides its content. What is nil is left to the bucket.
public struct S3PutOptions: Sendable, Hashable {
    /// Encryption at rest by S3.
    public enum Encryption: Sendable, Hashable {
        /// With keys of S3's own (`AES256`).
        case s3
        /// With a key of KMS; nil for the account's `aws/s3`.
        case kms(keyID: String?)
        /// Twice, with a key of KMS (`aws:kms:dsse`).
        case kmsTwice(keyID: String?)
    }

    public struct Tag: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public var contentType: String?
    public var cacheControl: String?
    /// A canned ACL, such as `bucket-owner-full-control`.
    public var acl: String?
    public var encryption: Encryption?
    /// Such as `STANDARD_IA`.
    public var storageClass: String?
    public var tags: [Tag]

    public init(
        contentType: String? = nil, cacheControl: String? = nil, acl: String? = nil,
        encryption: Encryption? = nil, storageClass: String? = nil, tags: [Tag] = []
    ) {
        self.contentType = contentType
        self.cacheControl = cacheControl
        self.acl = acl
        self.encryption = encryption
        self.storageClass = storageClass
        self.tags = tags
    }

    /// The canned ACLs of objects (Amazon S3 User Guide, "Canned ACL").
    public static let cannedACLs = [
        "private", "public-read", "public-read-write", "aws-exec-read", "authenticated-read",
        "bucket-owner-read", "bucket-owner-full-control",
    ]
    /// The storage classes whose objects are read at once: an archive serves no packages (Amazon S3
    /// API Reference, "PutObject").
    public static let storageClasses = [
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING",
        "GLACIER_IR", "EXPRESS_ONEZONE",
    ]
    /// What an object may have.
    public static let maximumTags = 10

    /// As PutObject, CopyObject and CreateMultipartUpload take them.
    var headers: HTTPHeaders {
        var headers = HTTPHeaders()
        headers["content-type"] = contentType
        headers["cache-control"] = cacheControl
        headers["x-amz-acl"] = acl
        headers["x-amz-storage-class"] = storageClass
        if !tags.isEmpty { headers["x-amz-tagging"] = encodedTags }
        switch encryption {
        case nil: break
        case .s3: headers["x-amz-server-side-encryption"] = "AES256"
        case .kms(let key): headers.encrypt("aws:kms", key)
        case .kmsTwice(let key): headers.encrypt("aws:kms:dsse", key)
        }
        return headers
    }

    private var encodedTags: String {
        tags.map { "\(URIEncoding.encode($0.name))=\(URIEncoding.encode($0.value))" }
            .joined(separator: "&")
    }
}

extension HTTPHeaders {
    fileprivate mutating func encrypt(_ method: String, _ key: String?) {
        self["x-amz-server-side-encryption"] = method
        self["x-amz-server-side-encryption-aws-kms-key-id"] = key
    }

    /// The headers of a conditional write.
    mutating func set(_ condition: S3Condition?) {
        switch condition {
        case .absent: self["if-none-match"] = "*"
        case .matches(let tag): self["if-match"] = tag
        case nil: break
        }
    }

    /// Adds the fields of `other`, which win.
    mutating func merge(_ other: HTTPHeaders) {
        for field in other.fields { self[field.name] = field.value }
    }
}
