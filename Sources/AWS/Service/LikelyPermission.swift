internal import Transfer

/// The permission that a refused call of S3's likely lacked.
///
/// Amazon S3 API Reference, the "Permissions" of each operation.
struct LikelyPermission {
    let text: String

    init(_ call: ServiceCaller.Call, _ error: ServiceError) {
        if let named = LikelyPermission.named(in: error.message) {
            text = named
            return
        }
        guard error.service == "s3" else {
            text = "\(error.service):\(call.operation)"
            return
        }
        let partition = Partition.of(region: error.region).id
        let bucket = "'arn:\(partition):s3:::\(call.bucket ?? "*")'"
        let object = "'arn:\(partition):s3:::\(call.bucket ?? "*")/\(call.key ?? "*")'"
        switch call.operation {
        case "GetObject", "HeadObject":
            text =
                "s3:GetObject on \(object), or the key does not exist and it lacks s3:ListBucket "
                + "on \(bucket)" + LikelyPermission.decrypt(call)
        case "ListObjectsV2", "HeadBucket": text = "s3:ListBucket on \(bucket)"
        case "ListMultipartUploads": text = "s3:ListBucketMultipartUploads on \(bucket)"
        case "CreateBucket": text = "s3:CreateBucket on \(bucket)"
        case "ListParts": text = "s3:ListMultipartUploadParts on \(object)"
        case "PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy",
            "CompleteMultipartUpload":
            text = LikelyPermission.write(call, object)
        default: text = "s3:\(call.operation) on \(object)"
        }
    }

    /// S3 names the key in its message if KMS refuses; a bucket's default key is not in a request.
    private static func decrypt(_ call: ServiceCaller.Call) -> String {
        call.operation == "GetObject" ? ", or kms:Decrypt where a key of KMS encrypts it" : ""
    }

    private static func write(_ call: ServiceCaller.Call, _ object: String) -> String {
        var actions = ["s3:PutObject"]
        if call.headers["x-amz-acl"] != nil { actions.append("s3:PutObjectAcl") }
        if call.headers["x-amz-tagging"] != nil { actions.append("s3:PutObjectTagging") }
        var text = actions.joined(separator: ", ") + " on \(object)"
        if let source = call.headers["x-amz-copy-source"] {
            text += ", or s3:GetObject and s3:GetObjectTagging on the source '\(source)'"
        }
        if call.headers["if-match"] != nil { text += ", or s3:GetObject there for If-Match" }
        if call.headers["x-amz-server-side-encryption"]?.hasPrefix("aws:kms") == true {
            text += ", or kms:GenerateDataKey and kms:Decrypt on the key"
        }
        return text
    }

    /// What AWS says itself: `… is not authorized to perform: ACTION on resource: "ARN" because …`.
    static func named(in message: String) -> String? {
        guard let mark = message.firstRange(of: "not authorized to perform: ") else { return nil }
        let rest = message[mark.upperBound...]
        let action = rest.prefix { !$0.isWhitespace }
        guard action.contains(":") else { return nil }
        guard let on = rest.firstRange(of: "on resource: ") else { return String(action) }
        let resource = rest[on.upperBound...].prefix { !$0.isWhitespace }
            .filter { $0 != "\"" && $0 != "'" }
        return "\(action) on '\(resource)'"
    }
}
