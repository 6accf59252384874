import Solver
import Testing

@testable import PackageInstall

/// What `.repo` files come to.
struct RepositoryFileTests {
    static let variables = DNFVariables(["basearch": "x86_64", "releasever": "9", "stage": "prod"])

    private func configuration(
        _ files: String..., main: String? = nil, root: String = "/"
    ) -> DNFConfiguration {
        DNFConfiguration(
            main: main.map { .init(path: "/etc/dnf/dnf.conf", text: $0) },
            files: files.enumerated().map { .init(path: "/\($0.offset).repo", text: $0.element) },
            variables: Self.variables, root: root)
    }

    @Test func `a repository has all that its section says`() throws {
        let text = """
            [acme]
            name=Acme for $basearch
            baseurl=https://a/$releasever/$basearch/, https://b/${stage}
              s3://acme/el9
            gpgkey=file:///etc/pki/one file:///etc/pki/two
            repo_gpgcheck=1
            gpgcheck=1
            priority=10
            cost=5
            exclude=foo*, bar
            excludepkgs=baz.i686
            includepkgs=a* b*
            metadata_expire=6h
            skip_if_unavailable=yes
            sslcacert=/etc/pki/ca.pem
            proxy=_none_
            minrate=2k
            timeout=10
            """
        let repository = try #require(configuration(text, root: "/image").repositories.first)
        #expect(repository.urls == ["https://a/9/x86_64/", "https://b/prod", "s3://acme/el9"])
        let keys = [RepositoryKey(file: "/image/etc/pki/one"), .init(file: "/image/etc/pki/two")]
        #expect(repository.keys == keys)
        #expect(repository.checksMetadataSignature)
        #expect((repository.priority, repository.cost) == (10, 5))
        #expect(repository.excludes == ["baz.i686", "foo*", "bar"])
        #expect(repository.includes == ["a*", "b*"])
        #expect(repository.expiry == .after(seconds: 21600))
        #expect(repository.isSkippable)
        #expect(repository.connection.caBundle == "/image/etc/pki/ca.pem")
        #expect(repository.connection.proxy == "")
        #expect(repository.connection.minimumRate == 2048)
        #expect(repository.connection.stallSeconds == 10)
    }

    @Test func `what a section leaves out, main says, and then dnf's own`() throws {
        let main = """
            [main]
            metadata_expire=1h
            skip_if_unavailable=1
            excludepkgs=kernel*
            max_parallel_downloads=100
            install_weak_deps=0
            """
        let found = configuration(
            "[a]\nbaseurl=http://a\n[b]\nbaseurl=http://b\nmetadata_expire=2h\n", main: main)
        #expect(found.repositories.map(\.expiry) == [.after(seconds: 3600), .after(seconds: 7200)])
        #expect(found.repositories.map(\.isSkippable) == [true, true])
        #expect(found.repositories.map(\.priority) == [99, 99])
        #expect(found.repositories.map(\.checksMetadataSignature) == [false, false])
        #expect(found.policy.excludes == ["kernel*"])
        #expect(!found.policy.takesRecommended)
        #expect(found.maximumParallel == PackageFetch.mostParallel)
    }

    @Test func `a repository that is not enabled is none`() {
        let found = configuration("[a]\nbaseurl=http://a\nenabled=0\n[b]\nbaseurl=http://b\n")
        #expect(found.repositories.map(\.id) == ["b"])
        #expect(found.notes == [])
    }

    @Test func `of two with one name the first counts, and it is said`() {
        let found = configuration("[a]\nbaseurl=http://1\n", "[a]\nbaseurl=http://2\n")
        #expect(found.repositories.map(\.url) == ["http://1"])
        #expect(found.notes.count == 1)
    }

    @Test func `a file that cannot be read is left out with its line, and the rest is not`() {
        let found = configuration("[a\n", "[b]\nbaseurl=http://b\n")
        #expect(found.repositories.map(\.id) == ["b"])
        #expect(found.notes == ["'/0.repo' is left out: line 1: a section's name has no ']'"])
    }

    @Test(arguments: [
        ("module_hotfixes=1", "modules are not known here"),
        ("username=me", "no passwords are sent"),
        ("key_id=AKIA", "credentials are those of the instance's role"),
        ("gpgcheck=0", "nothing unsigned is installed all the same"),
        ("sslverify=0", "sslverify off"), ("colour=red", "is no option"),
        ("enabled=maybe", "cannot be read"),
    ])
    func `what has no meaning here is noted and harms nothing`(_ line: String, _ words: String) {
        let found = configuration("[a]\nbaseurl=http://a\n\(line)\n")
        #expect(found.repositories.count == 1)
        #expect(found.notes.count == 1)
        #expect(found.notes.first?.contains(words) == true)
    }

    @Test(arguments: ["metalink=https://m", "mirrorlist=https://m?metalink=1"])
    func `a metalink is one by its option or by its URL`(_ line: String) {
        let found = configuration("[a]\n\(line)\nbaseurl=http://a\n")
        #expect(found.repositories.first?.metalink?.hasPrefix("https://m") == true)
        #expect(found.repositories.first?.mirrorList == nil)
        #expect(found.notes == [] && found.refusals == [])
    }

    @Test(arguments: [
        ("name=x", "neither baseurl nor mirrorlist"),
        ("baseurl=http://a/$nobody", "'$nobody', which nothing sets"),
        ("baseurl=http://a\ngpgkey=https://a/KEY", "#FINGERPRINT"),
        ("baseurl=http://a\ngpgkey=https://a/KEY#12", "is no fingerprint"),
        ("baseurl=http://a\ngpgkey=KEY", "is no file:///, https:// or s3:// url"),
        ("baseurl=http://a\ns3_enabled=1", "names no bucket"),
    ])
    func `what cannot be used is refused with its remedy`(_ lines: String, _ words: String) {
        let found = configuration("[a]\n\(lines)\n")
        #expect(found.repositories == [])
        #expect(found.refusals.count == 1)
        #expect(found.refusals.first.map { "\($0)".contains(words) } == true)
    }

    @Test func `a key of the network is taken with its fingerprint`() {
        let digits = String(repeating: "AB", count: 20)
        let found = configuration("[a]\nbaseurl=http://a\ngpgkey=https://a/KEY#\(digits)\n")
        let key = found.repositories.first?.keys.first
        #expect(key?.place == .url("https://a/KEY"))
        #expect(key?.fingerprint == digits.lowercased())
    }

    @Test func `the plugin's flag makes a bucket of a web address`() {
        let found = configuration(
            "[a]\nbaseurl=https://acme.s3.amazonaws.com/el9\n  s3://other/el9\ns3_enabled=1\n")
        #expect(found.repositories.first?.urls == ["s3://acme/el9", "s3://other/el9"])
    }

    @Test func `a lock's list has locks and excludes`() {
        let locks = VersionLocks([
            "# mine\nfoo-0:1.0-1.*\n\n!bar-2.0-1.noarch # no\n", "0:baz-3-1.*\n",
        ])
        #expect(locks.locks == ["foo-0:1.0-1.*", "0:baz-3-1.*"])
        #expect(locks.excludes == ["bar-2.0-1.noarch"])
    }
}
