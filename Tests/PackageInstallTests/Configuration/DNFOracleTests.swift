import FoundationEssentials
import Support
import Testing

@testable import PackageInstall

/// dnf 4 itself reads the same files.
@Suite(.enabled(if: DNFOracle.isThere, "needs dnf's Python module: run scripts/setup"))
struct DNFOracleTests {
    @Test func `dnf sees the same repositories, places and options`() async throws {
        try await withTemporaryDirectory { root in
            try DNFOracle.prepare(below: root)
            let files = DNFFiles(root: root, architecture: "x86_64", environment: [:])
            let found = try await files.configuration(release: "9").repositories
            let expected = try await DNFOracle.repositories(root)
            #expect(found.map(DNFOracle.Seen.init).sorted { $0.id < $1.id } == expected)
            #expect(expected.count == 6)
        }
    }
}

/// What both are asked for.
private enum DNFOracle {
    static let python = "/usr/bin/python3"

    static var isThere: Bool {
        FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/dnf/__init__.py")
    }

    struct Seen: Codable, Equatable {
        var id: String
        var urls: [String]
        var mirrorList: String?
        var keys: [String]
        var priority: Int32
        var cost: Int32
        var excludes: [String]
        var includes: [String]
        var checksMetadata: Bool
        /// Seconds; -1 for ever.
        var expiry: Int64
        var isSkippable: Bool
        var verifiesServer: Bool
        var timeout: Int64
        var minrate: Int64

        init(_ repository: Repository) {
            id = repository.id
            urls = repository.urls
            mirrorList = repository.mirrorList
            keys = repository.keys.map { key in
                switch key.place {
                case .file(let path):
                    "/" + path.split(separator: "/").suffix(2).joined(separator: "/")
                case .url(let url): url
                }
            }
            priority = repository.priority
            cost = repository.cost
            excludes = repository.excludes.sorted()
            includes = repository.includes
            checksMetadata = repository.checksMetadataSignature
            switch repository.expiry {
            case .never: expiry = -1
            case .after(let seconds): expiry = seconds
            }
            isSkippable = repository.isSkippable
            verifiesServer = repository.connection.verifiesServer
            timeout = repository.connection.stallSeconds
            minrate = repository.connection.minimumRate
        }
    }

    static func prepare(below root: String) throws {
        for folder in ["etc/dnf/vars", "etc/yum.repos.d"] {
            try FileManager.default.createDirectory(
                atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        }
        try write("prod\nsecond line\n", to: "\(root)/etc/dnf/vars/stage")
        try write(main, to: "\(root)/etc/dnf/dnf.conf")
        try write(first, to: "\(root)/etc/yum.repos.d/a.repo")
        try write(second, to: "\(root)/etc/yum.repos.d/b.repo")
        try write("[broken\n", to: "\(root)/etc/yum.repos.d/c.repo")
    }

    static func repositories(_ root: String) async throws -> [Seen] {
        try write(script, to: "\(root)/ask.py")
        let output = try await Command.run(python, ["\(root)/ask.py", root]).output
        let line = output.split(separator: "\n").last { $0.hasPrefix("[") } ?? "[]"
        return try JSONDecoder().decode([Seen].self, from: Data(line.utf8))
            .sorted { $0.id < $1.id }
    }

    private static let script = """
        import dnf, json, sys
        root = sys.argv[1]
        base = dnf.Base()
        base.conf.installroot = root
        base.conf.read(root + '/etc/dnf/dnf.conf')
        base.conf.config_file_path = root + '/etc/dnf/dnf.conf'
        base.conf.substitutions.update_from_etc(root)
        base.conf.substitutions.update(releasever='9', arch='x86_64', basearch='x86_64')
        base.conf.reposdir = [root + '/etc/yum.repos.d']
        base.read_all_repos()
        print(json.dumps([dict(
            id=r.id, urls=[u for u in r.baseurl if u], mirrorList=r.mirrorlist or None,
            keys=[k[7:] for k in r.gpgkey], priority=r.priority, cost=r.cost,
            excludes=sorted(r.excludepkgs), includes=list(r.includepkgs),
            checksMetadata=r.repo_gpgcheck, expiry=r.metadata_expire,
            isSkippable=r.skip_if_unavailable, verifiesServer=r.sslverify, timeout=r.timeout,
            minrate=r.minrate) for r in base.repos.iter_enabled()]))
        """

    private static let main = """
        [main]
        gpgcheck=1
        metadata_expire=2h
        skip_if_unavailable=1
        timeout=20
        [in-main]
        name=m
        baseurl=http://main/$arch
        """

    private static let first = """
        # A comment.
        [$basearch-a] ; another
        name = A $basearch
        baseurl = http://x/$releasever/$basearch/${stage}/x , https://y/b
          https://z/c
        \thttps://w/d
        gpgkey=file:///pki/k1
               file:///pki/k2
        priority=10
        cost = 5
        exclude=zap, zip
        excludepkgs=zop
        includepkgs=q* r
        metadata_expire=1d
        sslverify=0
        weird=1

        [off]
        baseurl=http://off
        enabled=no
        [b]
        name=B
        baseurl=http://b
        [b]
        baseurl=http://b2
        cost=7
        metadata_expire=never
        repo_gpgcheck=on
        skip_if_unavailable=false
        """

    private static let second = """
        [b]
        name=again
        baseurl=http://b3
        [c]
        name=c
        mirrorlist=http://m/$basearch?x=$releasever
        minrate=10k
        timeout=1m
        metadata_expire=1.5h
        [d]
        name=d
        baseurl=http://d
        enabled=perhaps
        priority=low
        [e]
        name=$stage ${STAGE} $$stage
        baseurl=http://e/${stage}x$basearch
        """
}
