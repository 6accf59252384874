internal import ArgumentParser
internal import Dispatch
internal import FoundationEssentials
internal import Glibc
internal import ImageBuild

struct ImageBuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build the tree of an image from a recipe.",
        discussion: """
            Layers that were built before come from the cache. The same recipe, inputs and \
            package files give the same image, on any machine. An earlier image in --output is \
            replaced, and nothing else ever: a folder with other files is refused. Needs root.

            Examples:
              howdah image build images/roles/master --output build/master
              howdah image build images/roles/slave --output build/slave \\
                --set cluster-file=analytics.yaml --set key=release-key.pub
            """)

    @Argument(help: "The folder of the recipe.", completion: .directory)
    var recipe: String

    @Option(
        help: "The folder that becomes the image: new, empty or an earlier image.",
        completion: .directory)
    var output: String

    @Option(
        name: .customLong("set"),
        help: "A file or folder for an input of the recipe, as NAME=PATH; may be repeated.")
    var inputs: [String] = []

    @Option(
        help: """
            Where layers and packages are kept [HOWDAH_CACHE/images, else \
            /var/cache/howdah/images].
            """,
        completion: .directory)
    var cache: String?

    @Option(
        help:
            "Where package files are kept; builds with other caches may share them [in the cache].",
        completion: .directory)
    var packages: String?

    @Option(
        help: """
            No time in the image is later: seconds since 1970 [SOURCE_DATE_EPOCH, else what the \
            recipe says].
            """)
    var epoch: Int?

    @Flag(help: "Ask package repositories for newer packages, where a layer is built anew.")
    var refresh = false

    @Flag(help: "Print image.json.")
    var json = false

    func validate() throws {
        for input in inputs {
            guard let equals = input.firstIndex(of: "="), equals != input.startIndex else {
                throw ValidationError("'--set \(input)': expected NAME=PATH")
            }
        }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var paths: [String: String] = [:]
        for input in inputs {
            let parts = input.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            paths[String(parts[0])] = absolutePath(String(parts[1]))
        }
        let start = ContinuousClock.now
        var builder = ImageBuilder(
            recipe: absolutePath(recipe), inputs: paths,
            cache: cache.map(absolutePath) ?? Self.defaultCache(environment),
            epoch: epoch ?? environment["SOURCE_DATE_EPOCH"].flatMap { Int($0) },
            say: { Terminal.error($0) })
        builder.packages = packages.map(absolutePath)
        builder.refreshesPackages = refresh
        let image = try await Self.interruptible { [builder, output] in
            try await builder.build(output: absolutePath(output))
        }
        if json { return try Terminal.printJSON(image) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let tenths = (seconds * 10).rounded() / 10
        print(
            "\(output): \(image.name), \(image.files) files, \(image.bytes >> 20) MiB, \(tenths) s")
        print("manifest sha256:\(image.manifest)")
    }

    static func defaultCache(_ environment: [String: String]) -> String {
        environment["HOWDAH_CACHE"].map { absolutePath($0) + "/images" }
            ?? "/var/cache/howdah/images"
    }

    /// SIGINT and SIGTERM cancel `work`, which then clears up behind itself.
    private static func interruptible<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await work() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { task.cancel() }
            source.resume()
            return source
        }
        defer { sources.forEach { $0.cancel() } }
        do {
            return try await task.value
        } catch is CancellationError {
            Terminal.error("interrupted; nothing was left behind")
            throw ExitCode.failure
        }
    }
}
