/// Who may do what with a repository in a bucket: as little as the work needs.
///
/// Amazon S3 User Guide, "Required permissions for Amazon S3 API operations".
public struct RepositoryPolicies: Sendable {
    public var bucket: String
    /// Folders above the repository, without slashes at either end; empty for the whole bucket.
    public var prefix: String
    /// The second word of ARNs: `aws`, `aws-cn`, `aws-us-gov`…
    public var partition: String
    /// ARN of the KMS key that encrypts the objects.
    public var kmsKey: String?
    /// Publishers use `--acl`.
    public var setsACL = false
    /// Publishers use `--tag`.
    public var setsTags = false

    public init(bucket: String, prefix: String, partition: String = "aws") {
        self.bucket = bucket
        self.prefix = prefix.split(separator: "/").joined(separator: "/")
        self.partition = partition
    }

    private typealias Statement = PolicyDocument.Statement

    private var bucketARN: String { "arn:\(partition):s3:::\(bucket)" }
    private var folder: String { prefix.isEmpty ? "" : prefix + "/" }
    private var objects: String { "\(bucketARN)/\(folder)*" }

    /// For nodes, and whoever else installs packages: to read objects, not to list them.
    public var reader: PolicyDocument {
        PolicyDocument(statements: [readObjects] + kms(["kms:Decrypt"]))
    }

    /// For those who publish, add, remove, prune, roll back and collect garbage.
    public var publisher: PolicyDocument {
        PolicyDocument(
            statements: [readObjects, writeObjects, listing]
                + kms(["kms:Decrypt", "kms:GenerateDataKey"]))
    }

    private var readObjects: Statement {
        Statement(id: "ReadRepository", actions: ["s3:GetObject"], resources: [objects])
    }

    /// Deleting is for garbage collection, and to take back a signature.
    private var writeObjects: Statement {
        var actions = [
            "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:ListMultipartUploadParts",
            "s3:PutObject",
        ]
        if setsACL { actions.append("s3:PutObjectAcl") }
        if setsTags { actions += ["s3:GetObjectTagging", "s3:PutObjectTagging"] }
        return Statement(id: "WriteRepository", actions: actions, resources: [objects])
    }

    private var listing: Statement {
        Statement(
            id: "ListRepository", actions: ["s3:ListBucket", "s3:ListBucketMultipartUploads"],
            resources: [bucketARN],
            conditions: prefix.isEmpty
                ? [:] : ["StringLike": ["s3:prefix": ["\(folder)*"]]])
    }

    private func kms(_ actions: [String]) -> [Statement] {
        kmsKey.map { [Statement(id: "UseKey", actions: actions, resources: [$0])] } ?? []
    }

    /// The bucket's own policy: nothing without TLS, and what `readers` and `publishers` (ARNs) may
    /// do; those of another account need it besides a policy of their own.
    ///
    /// `onlyConditionalWrites`: whoever stores `repomd.xml` must say what it replaces, so that a
    /// tool without conditional writes cannot undo what others published. For AWS alone: other
    /// stores do not know these condition keys.
    public func bucketPolicy(
        readers: [String], publishers: [String], onlyConditionalWrites: Bool = false
    ) -> PolicyDocument {
        var statements = [
            Statement(
                id: "OnlyTLS", effect: .deny, principals: ["*"], actions: ["s3:*"],
                resources: [bucketARN, "\(bucketARN)/*"],
                conditions: ["Bool": ["aws:SecureTransport": ["false"]]])
        ]
        if onlyConditionalWrites {
            statements.append(
                Statement(
                    id: "OnlyConditionalWrites", effect: .deny, principals: ["*"],
                    actions: ["s3:PutObject"],
                    resources: ["\(bucketARN)/\(folder)*repodata/repomd.xml"],
                    conditions: [
                        "Null": ["s3:if-match": ["true"], "s3:if-none-match": ["true"]]
                    ]))
        }
        func granted(_ statement: Statement, _ suffix: String, _ roles: [String]) -> Statement {
            var statement = statement
            statement.id = suffix
            statement.principals = roles
            return statement
        }
        if !readers.isEmpty { statements.append(granted(readObjects, "Readers", readers)) }
        if !publishers.isEmpty {
            statements += [
                granted(readObjects, "PublishersRead", publishers),
                granted(writeObjects, "PublishersWrite", publishers),
                granted(listing, "PublishersList", publishers),
            ]
        }
        return PolicyDocument(statements: statements)
    }

    /// One policy for all users of a group: each works in the folder that has the user's name,
    /// sees the way to it in the console, and nothing of anybody else's.
    public var userFolders: PolicyDocument {
        let name = "${aws:username}"
        let own = "\(bucketARN)/\(folder)\(name)/*"
        return PolicyDocument(
            statements: [
                Statement(
                    id: "FindBucket", actions: ["s3:GetBucketLocation", "s3:ListAllMyBuckets"],
                    resources: ["arn:\(partition):s3:::*"]),
                Statement(
                    id: "WalkToFolder", actions: ["s3:ListBucket"], resources: [bucketARN],
                    conditions: [
                        "StringEquals": ["s3:prefix": ancestors, "s3:delimiter": ["/"]]
                    ]),
                Statement(
                    id: "ListOwnFolder", actions: ["s3:ListBucket"], resources: [bucketARN],
                    conditions: [
                        "StringLike": ["s3:prefix": ["\(folder)\(name)/*"]]
                    ]),
                Statement(
                    id: "WorkInOwnFolder",
                    actions: [
                        "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject",
                        "s3:ListMultipartUploadParts", "s3:PutObject",
                    ], resources: [own]),
            ] + kms(["kms:Decrypt", "kms:GenerateDataKey"]))
    }

    /// The folders on the way: the bucket's root, `a/`, `a/b/`.
    private var ancestors: [String] {
        var paths = [""]
        for part in prefix.split(separator: "/") { paths.append("\(paths.last ?? "")\(part)/") }
        return paths
    }
}
