internal import AWS
internal import ArgumentParser
internal import ConfigFiles
internal import FoundationEssentials
internal import Host

struct RepoConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print the .repo file of a repository.",
        discussion: """
            Example: howdah repo config s3://acme-rpms/el9/x86_64 \
            --gpgkey file:///etc/pki/rpm-gpg/RPM-GPG-KEY-acme --output /etc/yum.repos.d/acme.repo

            With --gateway, dnf, yum and zypper read it by the signing proxy on 127.0.0.1 and \
            need no plugin. The file then has the gateway's secret of this boot: it is made on \
            the machine itself, and 'howdah-node gateway --write-repo' makes it at each start. \
            Without, it is in the form of the S3 plugins (s3_enabled=1), which howdah-node reads \
            too.
            """)

    @Argument(help: "Where the repository is: s3://bucket/prefix.")
    var repository: String

    @Option(help: "The port of the signing proxy on this machine.")
    var gateway: Int?

    @Option(help: "The file with the gateway's secret.")
    var secretFile = "/run/howdah-gateway/secret"

    @Option(help: "Write this file, which root alone can read, instead of standard output.")
    var output: String?

    @Option(help: "Where it is served by HTTP(S) otherwise, such as a CDN.")
    var url: String?

    @Option(help: "The section's name (default: made of the place).")
    var id: String?

    @Option(help: "What a person reads (default: the place).")
    var name: String?

    @Option(help: "A URL of a public key; may be given more than once.")
    var gpgkey: [String] = []

    @Flag(help: "The packages are not signed.")
    var noGpgcheck = false

    @Flag(help: "repomd.xml is not signed.")
    var noRepoGpgcheck = false

    @Option(help: "How long a client believes what it knows: 90, 30m, 6h, 2d or never.")
    var metadataExpire = RepoFile.standardExpire

    func validate() throws {
        guard S3Location(repository) != nil else {
            throw ValidationError("'\(repository)' is no s3://bucket/prefix")
        }
        if let gateway, !(1...65_535).contains(gateway) {
            throw ValidationError("'\(gateway)' is no port")
        }
        if gateway != nil, url != nil {
            throw ValidationError("--gateway and --url are two ways; give one of them")
        }
        if let url, !url.hasPrefix("https://"), !url.hasPrefix("http://") {
            throw ValidationError("'\(url)' is no http or https URL")
        }
        if let id, !RepoFile.isID(id) {
            throw ValidationError("'\(id)' has other than letters, digits, '-', '_', '.' and ':'")
        }
        guard RepoFile.isExpire(metadataExpire) else {
            throw ValidationError("'\(metadataExpire)' is no time; use 90, 30m, 6h, 2d or never")
        }
        let texts = [name, url, repository].compactMap { $0 } + gpgkey
        guard !texts.contains(where: { $0.contains(where: \.isNewline) }) else {
            throw ValidationError("a line break would begin another setting")
        }
        if gpgkey.isEmpty, !(noGpgcheck && noRepoGpgcheck) {
            throw ValidationError(
                "give --gpgkey with the key's URL (or, unsigned: --no-gpgcheck --no-repo-gpgcheck)")
        }
    }

    func run() async throws {
        guard let location = S3Location(repository) else { return }
        let access: RepoFile.Access =
            try gateway.map { .gateway(port: $0, secret: try secret()) }
            ?? url.map { .url($0) } ?? .plugin
        let file = RepoFile(
            id: id ?? RepoFile.id(bucket: location.bucket, prefix: location.key),
            name: name ?? repository, bucket: location.bucket, prefix: location.key,
            access: access, keys: gpgkey, checksPackages: !noGpgcheck,
            checksMetadata: !noRepoGpgcheck, metadataExpire: metadataExpire)
        guard let output else { return print(file.text, terminator: "") }
        try Files().write(file.text, to: absolute(output), mode: 0o600)
    }

    /// What the gateway wrote when it started.
    private func secret() throws -> String {
        let text = try Files().textIfPresent(absolute(secretFile), limit: 4096)
        guard let line = text?.split(separator: "\n").first, line.allSatisfy(\.isHexDigit) else {
            throw ValidationError(
                "'\(secretFile)' has no secret: start the gateway, or have 'howdah-node gateway "
                    + "--write-repo' write the .repo file")
        }
        return String(line)
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
