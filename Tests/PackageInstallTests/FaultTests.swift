import AWS
import FoundationEssentials
import PackageInstall
import Support
import Testing
import Transfer

/// Faults between a node and its private bucket (SeaweedFS). Each ends in success or in one clear
/// line, and never in half a set of packages.
@Suite(
    .enabled(if: isRoot, "librpm calls chroot, which takes root"),
    .enabled(if: SeaweedServer.missing == nil, "needs weed: run scripts/setup"))
struct FaultTests {
    typealias Rule = FaultProxy.Rule

    static let names = ["app-1.0-1.noarch", "base-1.0-1.noarch"]
    static let everything = "/packages/*"
    static let primary = "/packages/*-primary.xml.gz"
    static let package = "/packages/*app-1.0-1.noarch.rpm"

    /// Faults that pass: every kind of file, once or twice.
    static let passing: [[Rule]] = [
        [Rule("GET", everything, .slowDown, on: 1...2), Rule("GET", package, .slowDown)],
        [Rule("GET", everything, .internalError, on: 1...2), Rule("GET", primary, .internalError)],
        [Rule("GET", primary, .reset(after: 100)), Rule("GET", package, .reset(after: 1000))],
        [
            Rule("GET", primary, .truncate(after: 100)),
            Rule("GET", package, .truncate(after: 1000)),
        ],
        [Rule("GET", primary, .corrupt(at: 50)), Rule("GET", package, .corrupt(at: 2000))],
        [
            Rule("GET", primary, .contentLength(off: 100)),
            Rule("GET", package, .contentLength(off: 9)),
        ],
        [
            Rule("GET", primary, .contentLength(off: -9)),
            Rule("GET", package, .contentLength(off: -9)),
        ],
        [Rule("GET", package, .stall(after: 1000))],
        [Rule("GET", everything, .hang)],
        [Rule("GET", everything, .expiredToken)],
    ]

    @Test(arguments: passing.indices) func `a fault that passes ends in success`(
        place: Int
    ) async throws {
        try await FaultyBucket.with(Self.names, Self.passing[place]) { bucket in
            _ = try await bucket.installer().install(InstallRequest(names: ["app"]))
            try await bucket.repository.expectInstalled(Self.names)
            try await bucket.repository.expectUnchanged("app")
        }
    }

    /// Faults that stay, and what must be said of them.
    static let lasting: [(Rule, [String])] = [
        (Rule("GET", everything, .slowDown, on: Rule.always), ["503", "SlowDown"]),
        (Rule("GET", everything, .internalError, on: Rule.always), ["500", "InternalError"]),
        (Rule("GET", package, .reset(after: 1000), on: Rule.always), ["ended early", "app-1.0"]),
        (
            Rule("GET", package, .truncate(after: 1000), on: Rule.always),
            ["ended early", "app-1.0"]
        ),
        (Rule("GET", package, .corrupt(at: 2000), on: Rule.always), ["wrong checksum", "app-1.0"]),
        (Rule("GET", primary, .corrupt(at: 50), on: Rule.always), ["wrong checksum", "primary"]),
        (Rule("GET", package, .contentLength(off: -9), on: Rule.always), ["wrong checksum"]),
        (Rule("GET", package, .stall(after: 1000), on: Rule.always), ["timed out", "app-1.0"]),
        (
            Rule("GET", package, .dribble(every: .milliseconds(200)), on: Rule.always),
            ["timed out", "app-1.0"]
        ),
        (Rule("GET", everything, .hang, on: Rule.always), ["timed out", "repomd.xml"]),
        (
            Rule("GET", everything, .clockBehind(seconds: 1200), on: Rule.always),
            ["clock is wrong", " min behind"]
        ),
        (Rule("GET", everything, .expiredToken, on: Rule.always), ["credentials have expired"]),
        (
            Rule("GET", everything, .invalidToken, on: Rule.always),
            ["does not know these credentials"]
        ),
        (Rule("GET", package, .accessDenied, on: Rule.always), ["403", "s3:GetObject"]),
        (
            Rule("GET", everything, .elsewhere("eu-west-9", bucket: "packages"), on: Rule.always),
            ["another region", "eu-west-9"]
        ),
    ]

    @Test(arguments: lasting.indices) func `a fault that stays ends in one clear line`(
        place: Int
    ) async throws {
        let (rule, words) = Self.lasting[place]
        try await FaultyBucket.with(Self.names, [rule]) { bucket in
            let error = await #expect(throws: (any Error).self) {
                try await bucket.installer().install(InstallRequest(names: ["app"]))
            }
            let text = error.map { "\($0)" } ?? ""
            for word in words { #expect(text.contains(word), "\(text)") }
            #expect(!text.contains("\n"), "\(text)")
            #expect(!text.contains("adminsecret"), "\(text)")
            try await bucket.repository.expectInstalled([])
            // Once it has passed, the same call goes on.
            bucket.proxy.clear()
            _ = try await bucket.installer().install(InstallRequest(names: ["app"]))
            try await bucket.repository.expectInstalled(Self.names)
        }
    }

    @Test func `the redirect of a bucket to its region is followed`() async throws {
        let rule = Rule("GET", Self.everything, .elsewhere("eu-west-1", bucket: "packages"))
        try await FaultyBucket.with(Self.names, [rule]) { bucket in
            _ = try await bucket.installer().install(InstallRequest(names: ["app"]))
            try await bucket.repository.expectInstalled(Self.names)
            // SeaweedFS takes any region that the signature itself names.
            let last = bucket.proxy.requests.last?.headers["authorization"] ?? ""
            #expect(last.contains("/eu-west-1/s3/"))
        }
    }

    @Test func `what came of a package before a cut is not fetched again`() async throws {
        let rule = Rule("GET", Self.package, .truncate(after: 2000))
        try await FaultyBucket.with(Self.names, [rule]) { bucket in
            _ = try await bucket.installer().install(InstallRequest(names: ["app"]))
            let asked = bucket.proxy.requests.filter { $0.target.hasSuffix("app-1.0-1.noarch.rpm") }
            #expect(asked.map { $0.headers["range"] ?? "" }.last?.hasPrefix("bytes=") == true)
        }
    }

    @Test func `without a network there is one line`() async throws {
        try await SampleRepository.with(Self.names) { repository in
            // A port of loopback that nobody listens at.
            let settings = SampleStore(url: "http://127.0.0.1:9").settings
            let installer = FaultyBucket.installer(repository, settings)
            let error = await #expect(throws: (any Error).self) {
                try await installer.install(InstallRequest(names: ["app"]))
            }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("could not connect") && text.contains("run again"), "\(text)")
            #expect(!text.contains("\n"))
            try await repository.expectInstalled([])
        }
    }
}

/// A repository in a bucket behind a proxy that does harm.
struct FaultyBucket {
    static let prefix = "acme/el9"

    let repository: SampleRepository
    let proxy: FaultProxy

    static func with(
        _ names: [String], _ rules: [FaultProxy.Rule],
        _ body: (FaultyBucket) async throws -> Void
    ) async throws {
        try await SeaweedServer.with { server in
            try await SampleRepository.with(names) { repository in
                let store = SampleStore(url: server.url)
                try await store.makeBucket()
                try await store.upload(repository.directory, below: prefix)
                try await FaultProxy.with(before: server.port, rules) { proxy in
                    try await body(FaultyBucket(repository: repository, proxy: proxy))
                }
            }
        }
    }

    func installer() -> Installer {
        Self.installer(repository, SampleStore(url: proxy.url).settings)
    }

    /// Pauses take no time; what hangs or dribbles is given up after two seconds.
    static func installer(_ repository: SampleRepository, _ settings: AWSSettings) -> Installer {
        var source = Repository(
            id: "acme", url: "s3://packages/\(prefix)", keyPaths: [repository.keyPath])
        source.connection.stallSeconds = 2
        var configuration = TransferClient.Configuration()
        configuration.clock = ImmediateClock()
        var installer = Installer(
            root: repository.root, repositories: [source],
            transfer: TransferClient(configuration), settings: settings,
            credentials: RenewedCredentials())
        installer.clock = ImmediateClock()
        return installer
    }
}

/// Hands out other credentials of the same right where the first ones are refused once.
private struct RenewedCredentials: CredentialsProvider {
    func credentials() async throws -> Credentials { SampleStore.adminCredentials }

    func credentials(insteadOf old: Credentials) async throws -> Credentials {
        var other = SampleStore.adminCredentials
        if old == other { other.expiration = .distantFuture }
        return other
    }
}
