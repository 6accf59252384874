import AWS
import Host
import PanelAPI
import Support
import Testing
import Transfer

@testable import Node

/// Whole boots that install a real package from a real repository, with something wrong in it.
@Suite(.serialized) struct BootPackagesTests {
    static let package = "tiny-tool-1.0-1.noarch.rpm"

    /// A signed repository in a directory, with our package unless `isEmpty`.
    struct Shelf {
        let folder: String
        let key: TestKey
        var files: Files { Files(root: folder) }

        func index() async throws {
            try await Command.run("createrepo_c", ["--quiet", "--no-database", folder])
            let list = "\(folder)/repodata/repomd.xml"
            try files.write(try await key.sign(list), to: "/repodata/repomd.xml.asc")
        }

        func publish() async throws {
            let builder = RPMBuilder(directory: folder)
            try await builder.build(.init("tiny-tool"), signedBy: key)
            try await index()
        }

        /// The path of the index of packages.
        func primary() throws -> String {
            let name = try files.list("/repodata").first { $0.contains("primary.xml") }
            return "/repodata/" + (try #require(name))
        }
    }

    static func with(_ body: (BootLab, Shelf) async throws -> Void) async throws {
        try await TestKey.with { key in
            try await withTemporaryDirectory { folder in
                try await BootLab.with(packages: ["tiny-tool"], repository: "file://\(folder)") {
                    lab in
                    try lab.paths.files.write(key.publicKey, to: "/etc/howdah/key")
                    try await body(lab, Shelf(folder: folder, key: key))
                }
            }
        }
    }

    /// What rpm itself finds.
    static func installed(_ lab: BootLab) async throws -> String {
        try await Command.run(
            "rpm",
            ["--root", lab.paths.root, "--dbpath", "/var/lib/rpm", "-qa", "--qf", "%{NEVRA}\\n"],
            mayFail: true
        ).output
    }

    static func expectInstalls(_ lab: BootLab) async throws {
        try await expectDone(lab.world())
        #expect(try await installed(lab) == "tiny-tool-1.0-1.noarch\n")
    }

    @Test func `a package that the repository has not is named, with where it should be`()
        async throws
    {
        try await Self.with { lab, shelf in
            try await shelf.index()
            let state = try await expectFailure(lab.world(), "packages")
            #expect(
                state.failed[0].detail == """
                    no package 'tiny-tool' in repository 'herd'; publish it there, or correct \
                    the name
                    """)
            try await shelf.publish()
            try await Self.expectInstalls(lab)
        }
    }

    @Test func `the image's own repositories count where the cluster file says so`() async throws {
        try await Self.with { lab, shelf in
            try await shelf.index()
            try await withTemporaryDirectory { folder in
                try await Shelf(folder: folder, key: shelf.key).publish()
                let files = lab.paths.files
                try files.makeDirectory("/etc/yum.repos.d")
                try files.write(
                    """
                    [own]
                    baseurl=file://\(folder)
                    gpgkey=file:///etc/howdah/key
                    [without-key]
                    baseurl=file:///nowhere
                    """, to: "/etc/yum.repos.d/own.repo")
                let state = try await expectFailure(lab.world(), "packages")
                #expect(state.failed[0].detail.contains("in repository 'herd'"))
                let path = "/etc/howdah/cluster.yaml"
                try files.write(try files.text(path) + "image_repositories: true\n", to: path)
                try await Self.expectInstalls(lab)
            }
        }
    }

    @Test func `a package with the wrong checksum is not installed`() async throws {
        try await Self.with { lab, shelf in
            try await shelf.publish()
            let good = try shelf.files.read("/" + Self.package)
            var bad = good
            bad[bad.count - 20] ^= 1
            try shelf.files.write(bad, to: "/" + Self.package)
            let detail = try await expectFailure(lab.world(), "packages").failed[0].detail
            #expect(detail.contains("/\(Self.package)' has the wrong checksum: expected sha256:"))
            #expect(detail.contains(", found ") && detail.hasSuffix("; publish it again"))
            #expect(try await Self.installed(lab) == "")
            try shelf.files.write(good, to: "/" + Self.package)
            try await Self.expectInstalls(lab)
        }
    }

    @Test func `an index with the wrong checksum is not read`() async throws {
        try await Self.with { lab, shelf in
            try await shelf.publish()
            let path = try shelf.primary()
            let good = try shelf.files.read(path)
            var bad = good
            bad[bad.count - 5] ^= 1
            try shelf.files.write(bad, to: path)
            let detail = try await expectFailure(lab.world(), "packages").failed[0].detail
            #expect(detail.contains(path.dropFirst()))
            #expect(detail.contains("checksum") && detail.contains("publish"))
            #expect(try await Self.installed(lab) == "")
            try shelf.files.write(good, to: path)
            try await Self.expectInstalls(lab)
        }
    }

    @Test func `a repository that refuses the credentials is named with the permission`()
        async throws
    {
        let path = "/acme-rpms/herd/repodata/repomd.xml"
        let denied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        let key = try await TestKey.with { $0.publicKey }
        // To a caller who may not list, a key that is not there would be refused just so.
        let list = "/acme-rpms?list-type=2&max-keys=1&prefix=herd%2Frepodata%2Frepomd.xml"
        try await LoopbackServer.with([
            .init("GET", path, .init(403, denied)), .init("GET", list, .init(403, denied)),
        ]) { server in
            let repository = "s3://acme-rpms/herd"
            try await BootLab.with(packages: ["tiny-tool"], repository: repository) { lab in
                try lab.paths.files.write(key, to: "/etc/howdah/key")
                let (paths, log) = (lab.paths, lab.log)
                let world = lab.world { world in
                    world.packages = { plan in
                        let settings = AWSSettings(
                            region: "eu-west-1", endpoints: [.s3: server.url])
                        return try await PackageWork(plan: plan, paths: paths, log: log.line).run(
                            transfer: TransferClient(), settings: settings,
                            credentials: StaticCredentials(BootLab.credentials))
                    }
                }
                let detail = try await expectFailure(world, "packages").failed[0].detail
                #expect(detail.contains("answered 403 (AccessDenied, Access Denied)"))
                #expect(detail.contains("bucket 'acme-rpms', key 'herd/repodata/repomd.xml'"))
                #expect(detail.contains("the caller likely lacks s3:GetObject on 'arn:aws:s3:::"))
                try await expectDone(lab.world { $0.packages = { _ in .unchanged("there") } })
            }
        }
    }
}
