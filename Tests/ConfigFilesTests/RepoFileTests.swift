import ConfigFiles
import Support
import Testing

/// dnf's own parser as the reader of our `.repo` files.
@Suite struct RepoFileTests {
    static let program = """
        import dnf, sys
        base = dnf.Base()
        base.conf.config_file_path = '/dev/null'
        base.conf.reposdir = [sys.argv[1]]
        base.conf.substitutions['releasever'] = '9'
        base.read_all_repos()
        for repo in base.repos.iter_enabled():
            print('|'.join(map(str, [repo.id, repo.name, ' '.join(repo.baseurl),
                int(repo.gpgcheck), int(repo.repo_gpgcheck), ' '.join(repo.gpgkey),
                repo.metadata_expire])))
        """

    static func readBack(_ file: RepoFile) async throws -> String {
        try await withTemporaryDirectory { folder in
            try writeFile("\(folder)/a.repo", Array(file.text.utf8))
            let result = try await Command.run("/usr/bin/python3", ["-c", program, folder])
            #expect(result.errors.isEmpty, "dnf warns")
            return String(result.output.split(separator: "\n").last ?? "")
        }
    }

    @Test(.enabled(if: Command.exists("dnf"), "needs dnf"))
    func `dnf reads each form as it is meant`() async throws {
        let keys = ["file:///etc/pki/rpm-gpg/RPM-GPG-KEY-acme", "https://acme.example/key two"]
        let gateway = RepoFile(
            id: "acme", name: "Acme = #1", bucket: "acme-rpms", prefix: "/el9/x 86+64/",
            access: .gateway(port: 8181, secret: "5ec7e7"), keys: [keys[0]])
        #expect(
            try await Self.readBack(gateway)
                == "acme|Acme = #1|http://127.0.0.1:8181/5ec7e7/acme-rpms/el9/x%2086%2B64/|1|1|"
                + "\(keys[0])|21600")
        let plugin = RepoFile(
            id: "acme", name: "Acme", bucket: "acme-rpms", prefix: "", access: .plugin,
            keys: [keys[0], "https://acme.example/key2"], checksMetadata: false,
            metadataExpire: "never")
        #expect(plugin.text.contains("\ns3_enabled=1\n"))
        #expect(
            try await Self.readBack(plugin)
                == "acme|Acme|s3://acme-rpms/|1|0|\(keys[0]) https://acme.example/key2|-1")
        let url = RepoFile(
            id: "acme", name: "Acme", bucket: "b", prefix: "p",
            access: .url("https://cdn.example/r"),
            checksPackages: false, checksMetadata: false, metadataExpire: "90")
        #expect(
            try await Self.readBack(url) == "acme|Acme|https://cdn.example/r/|0|0||90")
    }

    @Test func `an id is made of what dnf takes`() {
        #expect(RepoFile.id(bucket: "acme.rpms", prefix: "el9/x86 64/") == "acme.rpms-el9-x86-64")
        #expect(RepoFile.isID("a-b_c.d:e") && !RepoFile.isID("a b") && !RepoFile.isID(""))
        for text in ["90", "30m", "6h", "2d", "5s", "never", "-1"] {
            #expect(RepoFile.isExpire(text))
        }
        for text in ["", "h", "6 h", "-5", "soon"] { #expect(!RepoFile.isExpire(text)) }
    }
}
