internal import AWS
internal import ArgumentParser
internal import RepoPublish

struct RepoPolicy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Print IAM and bucket policies with no more than a repository needs.",
        discussion: """
            Example: howdah repo policy --bucket acme-rpms --prefix el9/x86_64 \
            --readers arn:aws:iam::111122223333:role/node --only reader

            Without --only, one JSON object has all of them by name. A bucket's policy and a \
            role's add up: in one account either is enough, across accounts both are needed.
            """)

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case reader, publisher, bucket
        case userFolders = "user-folders"
    }

    @Option(help: "The bucket.")
    var bucket: String

    @Option(help: "The folder of the repository in it; all of the bucket unless given.")
    var prefix = ""

    @Option(
        parsing: .upToNextOption,
        help: "Roles that install packages: ARNs, or names with --account.")
    var readers: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: "Roles that publish packages: ARNs, or names with --account.")
    var publishers: [String] = []

    @Option(help: "The account of roles that are given by name.")
    var account: String?

    @Option(help: "The partition: aws, aws-cn, aws-us-gov, …")
    var partition = "aws"

    @Option(help: "The ARN of the KMS key that encrypts the objects.")
    var kmsKey: String?

    @Flag(help: "Publishers use --acl.")
    var acl = false

    @Flag(help: "Publishers use --tag.")
    var tags = false

    @Flag(help: "In the bucket's policy: repomd.xml by conditional writes alone (AWS).")
    var onlyConditionalWrites = false

    @Flag(help: "Also a policy for users who each work in a folder of their name.")
    var userFolders = false

    @Option(help: "Print this policy alone: reader, publisher, bucket or user-folders.")
    var only: Part?

    func validate() throws {
        guard S3Location("s3://\(bucket)/") != nil else {
            throw ValidationError("'\(bucket)' is no name of a bucket")
        }
        // In a policy these mean something: `*` and `?` match, `${` is a variable.
        guard !prefix.contains(where: { "*?$".contains($0) }) else {
            throw ValidationError("'\(prefix)' must not have '*', '?' or '$' in it")
        }
        for name in ["account": account, "partition": partition].compactMap({ $0.value })
        where !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) {
            throw ValidationError("'\(name)' is no account and no partition")
        }
        if let kmsKey, !kmsKey.hasPrefix("arn:") {
            throw ValidationError("'\(kmsKey)' is no ARN of a key (arn:aws:kms:…:key/…)")
        }
        _ = try arns(readers) + arns(publishers)
    }

    func run() async throws {
        var policies = RepositoryPolicies(bucket: bucket, prefix: prefix, partition: partition)
        policies.kmsKey = kmsKey
        policies.setsACL = acl
        policies.setsTags = tags
        let bucketPolicy = policies.bucketPolicy(
            readers: try arns(readers), publishers: try arns(publishers),
            onlyConditionalWrites: onlyConditionalWrites)
        switch only {
        case .reader: try Terminal.printJSON(policies.reader)
        case .publisher: try Terminal.printJSON(policies.publisher)
        case .bucket: try Terminal.printJSON(bucketPolicy)
        case .userFolders: try Terminal.printJSON(policies.userFolders)
        case nil:
            var all = [
                Part.reader.rawValue: policies.reader, Part.publisher.rawValue: policies.publisher,
                Part.bucket.rawValue: bucketPolicy,
            ]
            if userFolders { all[Part.userFolders.rawValue] = policies.userFolders }
            try Terminal.printJSON(all)
        }
    }

    private func arns(_ roles: [String]) throws -> [String] {
        try roles.map { role in
            if role.hasPrefix("arn:") { return role }
            guard let account else {
                throw ValidationError("'\(role)' is no ARN; give one, or --account with a name")
            }
            return "arn:\(partition):iam::\(account):role/\(role)"
        }
    }
}
