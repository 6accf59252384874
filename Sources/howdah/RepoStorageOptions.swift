internal import AWS
internal import ArgumentParser

/// How objects are stored in S3; of no meaning elsewhere.
struct StorageOptions: ParsableArguments {
    @Option(help: "S3: a canned ACL, such as bucket-owner-full-control.")
    var acl: String?

    @Option(help: "S3: encryption at rest: AES256, aws:kms or aws:kms:dsse.")
    var sse: String?

    @Option(name: .customLong("sse-kms-key-id"), help: "S3: the key of KMS to encrypt with.")
    var kmsKey: String?

    @Option(help: "S3: the storage class, such as STANDARD_IA.")
    var storageClass: String?

    @Option(help: "S3: a tag of each object, NAME=VALUE; may be repeated.")
    var tag: [String] = []

    @Option(help: "S3: Cache-Control of packages and metadata; repomd.xml keeps no-cache.")
    var cacheControl: String?

    func validate() throws { _ = try putOptions() }

    func putOptions() throws -> S3PutOptions {
        if let acl, !S3PutOptions.cannedACLs.contains(acl) {
            throw ValidationError(
                "'\(acl)' is no canned ACL: \(S3PutOptions.cannedACLs.joined(separator: ", "))")
        }
        if let storageClass, !S3PutOptions.storageClasses.contains(storageClass) {
            throw ValidationError(
                "'\(storageClass)' is no storage class: "
                    + S3PutOptions.storageClasses.joined(separator: ", "))
        }
        guard tag.count <= S3PutOptions.maximumTags else {
            throw ValidationError("an object has at most \(S3PutOptions.maximumTags) tags")
        }
        return S3PutOptions(
            cacheControl: cacheControl, acl: acl, encryption: try encryption(),
            storageClass: storageClass, tags: try tag.map(Self.tag))
    }

    private func encryption() throws -> S3PutOptions.Encryption? {
        switch sse {
        case nil where kmsKey != nil: return .kms(keyID: kmsKey)
        case nil: return nil
        case "AES256" where kmsKey == nil: return .s3
        case "AES256": throw ValidationError("--sse AES256 takes no --sse-kms-key-id")
        case "aws:kms": return .kms(keyID: kmsKey)
        case "aws:kms:dsse": return .kmsTwice(keyID: kmsKey)
        case .some(let other):
            throw ValidationError("'\(other)' is none of AES256, aws:kms, aws:kms:dsse")
        }
    }

    private static func tag(_ text: String) throws -> S3PutOptions.Tag {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw ValidationError("'\(text)' is no tag; write NAME=VALUE")
        }
        return S3PutOptions.Tag(name: String(parts[0]), value: String(parts[1]))
    }
}
