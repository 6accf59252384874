internal import AWS
internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import RepoPublish
internal import Transfer

/// A repository as a user names it: `s3://bucket/prefix`, `https://…`, `file:///path` or a path.
struct RepositoryPlace: ExpressibleByArgument {
    enum Kind {
        case s3(S3Location)
        case web(String)
        case directory(String)
    }

    let kind: Kind

    init?(argument: String) {
        if argument.hasPrefix("s3://") {
            guard let location = S3Location(argument) else { return nil }
            kind = .s3(location)
        } else if argument.hasPrefix("https://") || argument.hasPrefix("http://") {
            kind = .web(argument)
        } else if argument.hasPrefix("file://") {
            let path = argument.dropFirst(7)
            guard path.hasPrefix("/") else { return nil }
            kind = .directory(absolutePath(String(path)))
        } else if argument.isEmpty || argument.contains("://") {
            return nil
        } else {
            kind = .directory(absolutePath(argument))
        }
    }

    static let help: ArgumentHelp = "The repository: s3://bucket/prefix, or a directory."

    func open(_ options: S3PutOptions = S3PutOptions()) throws -> any ObjectStore {
        let environment = ProcessInfo.processInfo.environment
        switch kind {
        case .directory(let path): return DirectoryStore(root: path)
        case .web(let url):
            return WebStore(
                url: url, client: TransferClient(.init(environment: environment)))
        case .s3(let location):
            let transfer = TransferClient(.init(environment: environment))
            let client = try S3Client(
                settings: .load(environment: environment),
                credentials: CredentialChain.standard(
                    environment: environment, transfer: transfer),
                transfer: transfer)
            return S3Store(client: client, location: location, options: options)
        }
    }
}

/// A span of time: a number with `s`, `m`, `h`, `d` or `w`.
struct Age: ExpressibleByArgument {
    static let units: [Character: Int64] = [
        "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800,
    ]

    let seconds: Int64

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ Self.units[$0] }),
            let number = Int64(argument.dropLast()), number >= 0, number <= 1_000_000
        else { return nil }
        seconds = number * unit
    }

    init(seconds: Int64) { self.seconds = seconds }

    var defaultValueDescription: String { "\(seconds / 3600)h" }
}

/// What every verb that changes a repository takes.
struct ChangeOptions: ParsableArguments {
    @Option(
        help: "Sign repomd.xml with the armored secret key in this file, or with this key of gpg.",
        completion: .file())
    var sign: String?

    @Flag(help: "Print what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    @OptionGroup(title: "Storage in S3") var storage: StorageOptions

    /// The repository that is changed.
    func open(_ place: RepositoryPlace) throws -> any ObjectStore {
        try place.open(try storage.putOptions())
    }

    func settings(_ meter: SendMeter) -> ChangeSettings {
        ChangeSettings(
            key: sign.map { SigningKey($0, absolute: absolutePath) }, who: Caller.name,
            now: { Int64(time(nil)) },
            progress: meter.take)
    }

    /// Runs a change and shows what it came to.
    func run(_ change: (ChangeSettings) throws -> ChangeRun) async throws {
        try await run { settings, isDryRun in
            let run = try change(settings)
            return isDryRun ? try await run.dryRun() : try await run.run()
        }
    }

    func run(
        _ body: (ChangeSettings, _ isDryRun: Bool) async throws -> PublishOutcome
    ) async throws {
        let meter = SendMeter()
        do {
            let outcome = try await body(settings(meter), dryRun)
            meter.end()
            try show(outcome)
        } catch {
            meter.end()
            throw error
        }
    }

    private func show(_ outcome: PublishOutcome) throws {
        if json { return try Terminal.printJSON(outcome) }
        if outcome.isDryRun {
            for item in outcome.sent { print("\(item.path)  \(item.size) bytes") }
        }
        for name in outcome.removed { print("- \(name)") }
        for name in outcome.added { print("+ \(name)") }
        let bytes = outcome.sent.reduce(0) { $0 + $1.size }
        let verb = outcome.isDryRun ? "to send" : "sent"
        let state =
            outcome.isChanged
            ? "revision \(outcome.revision), \(outcome.packages) packages" : "nothing changed"
        print("\(outcome.store): \(outcome.sent.count) objects \(verb), \(bytes) bytes; \(state)")
    }
}

/// Who runs this program, for the history of repositories.
enum Caller {
    static var name: String {
        let environment = ProcessInfo.processInfo.environment
        let user = environment["USER"] ?? environment["LOGNAME"] ?? "\(geteuid())"
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return user }
        let host = buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        return "\(user)@\(String(decoding: host, as: UTF8.self))"
    }
}
