internal import FoundationEssentials
internal import ImageBuild
internal import LocalCloud

/// The images of a lab that was given none: built from the recipes, with what `up` was told to bake.
/// Unchanged ones are there within a moment.
struct LocalImages: Sendable {
    /// The folder of recipes, which has `master` and `slave`.
    var recipes: String
    /// Where the images go.
    var output: String
    /// A static howdah-node, the cluster file, the folder of stacks, the packages' key.
    var node: String?
    var clusterFile: String
    var stacks: String
    var key: String?

    func build() async throws -> LabImages {
        var inputs = ["cluster-file": clusterFile, "stacks": stacks]
        inputs["key"] = key
        inputs["node"] = node ?? Self.cachedNode
        let environment = ProcessInfo.processInfo.environment
        for name in ["master", "slave"] {
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

    /// Where scripts/build-node puts it; nil leaves it to the recipe.
    private static var cachedNode: String? {
        ProcessInfo.processInfo.environment["HOWDAH_CACHE"].map { "\($0)/howdah-node" }
    }
}
