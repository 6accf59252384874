import FoundationEssentials
import RepoMetadata
import RepoPublish
import Support
import Testing

/// The packages that the demo installs, read by createrepo_c and by Debian's dnf.
@Suite(
    .enabled(
        if: Checkout.missingHDFSPackages == nil && Command.exists("dnf"),
        "needs dnf and the packages of scripts/build-hdfs-rpms"))
struct HDFSPackagesTests {
    @Test func `metadata of HDFS is createrepo_c's, and dnf installs from it over HTTP`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let packages = directory + "/packages"
            try await Command.run("mkdir", [packages])
            let names = try FileManager.default.contentsOfDirectory(
                atPath: Checkout.hdfsPackages
            ).filter { $0.hasSuffix(".rpm") }
            // As they are, with their times: both sides write those down.
            try await Command.run(
                "cp", ["-p"] + names.map { "\(Checkout.hdfsPackages)/\($0)" } + [packages])
            try await Command.run(
                "createrepo_c",
                ["--no-database", "--quiet", "--outputdir", directory, packages])
            let outcome = try await index(
                packages, IndexOptions(keyFile: Checkout.demoKey + "/secret.asc"), at: 5000)
            #expect(outcome.packages == names.count && outcome.leftOut == [])
            for kind in MetadataFile.allCases {
                #expect(try content(packages, kind) == content(directory, kind))
            }
            try await withHTTPServer(packages) { url in try await install(directory, url) }
        }
    }

    /// Java is not an RPM here; a package that stands for it lets dnf resolve.
    private func install(_ directory: String, _ url: String) async throws {
        let java = directory + "/java"
        try await Command.run("mkdir", [java])
        try await RPMBuilder(directory: java).build(
            .init("java-of-the-host", provides: ["java-17-headless"]))
        try await Command.run("createrepo_c", ["--no-database", "--quiet", java])
        let dnf = try Dnf(
            directory: directory + "/dnf", url: url, keyFile: Checkout.demoKey + "/public.asc",
            more: """
                [java]
                name=java
                baseurl=file://\(java)
                gpgcheck=0
                """)
        let list = try await dnf.run(["list", "--available"])
        for name in ["hadoop-hdfs-namenode.noarch", "hadoop-client.noarch"] {
            #expect(list.contains(name))
        }
        try await dnf.run(["install", "hadoop-hdfs-datanode"])
        let files = FileManager.default
        #expect(files.fileExists(atPath: dnf.root + "/usr/bin/hdfs"))
        #expect(files.fileExists(atPath: dnf.root + "/usr/lib/hadoop/commands/datanode"))
        #expect(!files.fileExists(atPath: dnf.root + "/usr/lib/hadoop/commands/namenode"))
    }
}
