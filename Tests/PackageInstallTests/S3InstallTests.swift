import AWS
import PackageInstall
import Support
import Testing
import Transfer

/// Installing from SeaweedFS with the temporary credentials of a role that may read and no more.
@Suite(
    .enabled(if: isRoot, "librpm calls chroot, which takes root"),
    .enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
struct S3InstallTests {
    static let prefix = "acme/el9"
    static let reader = SeaweedServer.Role(
        "reader", trusted: ["metadata"],
        policy: """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],\
            "Resource":["arn:aws:s3:::packages/\(prefix)/*"]}]}
            """)
    static let metadataUser = SeaweedServer.Identity(
        "metadata", accessKeyID: "METADATAKEY", secretAccessKey: "metadatasecret", actions: [])

    @Test func `a role's temporary credentials install packages from a private bucket`()
        async throws
    {
        let names = ["base-1.0-1.noarch", "libc++-tools-1.0~rc1^git2+5-1.noarch"]
        try await Self.withRepository(names) { repository, installer in
            let request = InstallRequest(names: ["base", "libc++-tools"])
            let outcome = try await installer.install(request)
            #expect(outcome.fetchedPackages == 2)
            try await repository.expectInstalled(names)
        }
    }

    @Test func `a bucket that may not be read is named with what is missing`() async throws {
        try await Self.withRepository(["base-1.0-1.noarch"], below: "other") {
            repository, installer in
            let error = await #expect(throws: ServiceError.self) {
                try await installer.install(InstallRequest(names: ["base"]))
            }
            #expect(error?.status == 403)
            let text = error.map(String.init(describing:)) ?? ""
            #expect(text.contains("s3:GetObject") && text.contains("other/repodata/repomd.xml"))
            try await repository.expectInstalled([])
        }
    }

    private static func withRepository(
        _ names: [String], below prefix: String = Self.prefix,
        _ body: (SampleRepository, Installer) async throws -> Void
    ) async throws {
        try await SeaweedServer.with(identities: [.admin, metadataUser], roles: [reader]) {
            server in
            try await SampleRepository.with(names) { repository in
                let store = SampleStore(url: server.url)
                try await store.makeBucket()
                try await store.upload(repository.directory, below: prefix)
                let credentials = try await store.credentials(of: reader)
                let source = Repository(
                    id: "acme", url: "s3://packages/\(prefix)", keyPaths: [repository.keyPath])
                let installer = Installer(
                    root: repository.root, repositories: [source], transfer: store.transfer,
                    settings: store.settings, credentials: StaticCredentials(credentials))
                try await body(repository, installer)
            }
        }
    }
}
