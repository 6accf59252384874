internal import FoundationEssentials
internal import Glibc
internal import ImageBuild
internal import LocalCloud

/// The images of a lab that was given none: built from the recipes, with what `up` was told to
/// bake. Unchanged ones are there within a moment.
struct LocalImages: Sendable {
    static let roles = ["master", "slave"]

    /// The folder of recipes, which has `master` and `slave`.
    var recipes: String
    /// A static howdah-node, the cluster file, the folder of stacks, the packages' key.
    var node: String?
    var clusterFile: String
    var stacks: String
    var key: String?

    /// The images go to `output`.
    func build(output: String) async throws -> LabImages {
        var inputs = ["cluster-file": clusterFile, "stacks": stacks]
        inputs["key"] = key
        inputs["node"] = node ?? cachedNode
        let environment = ProcessInfo.processInfo.environment
        for name in Self.roles {
            let start = ContinuousClock.now
            let image = try await ImageBuilder(
                recipe: "\(recipes)/\(name)", inputs: inputs,
                cache: ImageBuildCommand.defaultCache(environment),
                epoch: environment["SOURCE_DATE_EPOCH"].flatMap { Int($0) },
                say: ProgressLine.print
            ).build(output: "\(output)/\(name)")
            let seconds = LocalReport.seconds((ContinuousClock.now - start) / .seconds(1))
            ProgressLine.print("image: \(image.name), \(image.files) files, after \(seconds) s")
        }
        return Self.trees(output)
    }

    static func trees(_ folder: String) -> LabImages {
        LabImages(master: "\(folder)/master/root", slave: "\(folder)/slave/root")
    }

    /// What this machine lacks to build them with; nil where nothing. All else that can go wrong
    /// is an error of the build.
    func missing() -> String? {
        if !Self.isInPath("mmdebstrap") {
            return "no mmdebstrap (Debian's mmdebstrap) to build images with"
        }
        let program = node ?? cachedNode ?? "\(recipes)/../../.build-cache/howdah-node"
        guard Self.isExecutable(program) else {
            return "no howdah-node for images at '\(program)': scripts/build-node makes it"
        }
        return nil
    }

    /// Whether there are recipes, before anything of an earlier lab is touched.
    func check() throws {
        for name in Self.roles where access("\(recipes)/\(name)/recipe.yaml", R_OK) != 0 {
            throw LabError("'\(recipes)/\(name)/recipe.yaml' is not there")
        }
    }

    private static func isInPath(_ name: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains { isExecutable("\($0)/\(name)") }
    }

    private static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// Where scripts/build-node puts it; nil leaves it to the recipe, which knows the checkout's.
    private var cachedNode: String? {
        ProcessInfo.processInfo.environment["HOWDAH_CACHE"].map { "\($0)/howdah-node" }
    }
}
