internal import Glibc
internal import ImageBuild

/// A root tree that containers of tests boot from; never written to.
public enum ContainerTree: String, Sendable {
    /// `images/base`: systemd, and the libraries of howdah-node.
    case base
    /// systemd with cloud-init.
    case cloudInit = "cloud-init"

    /// Why a test that boots one must be left out; nil where it can.
    public static let whyNot: String? =
        BootedContainer.whyNot
        ?? (trees != nil || Command.exists("mmdebstrap") ? nil : "no 'mmdebstrap' here")

    /// The tree's path. It is built at its first use, and kept in the cache: the first time takes
    /// minutes and the network. `HOWDAH_TEST_TREES` names a folder with trees that are there.
    public func path() async throws -> String {
        if let trees = Self.trees { return "\(trees)/\(rawValue)/root" }
        return try await Self.builds.path(self)
    }

    private static let trees = getenv("HOWDAH_TEST_TREES").map { String(cString: $0) }
    private static let builds = Builds()

    private var recipe: String {
        switch self {
        case .base: Checkout.root + "/images/base"
        case .cloudInit: Checkout.root + "/Tests/Fixtures/cloud-init"
        }
    }

    /// One build of each for all tests.
    private actor Builds {
        private var builds: [ContainerTree: Task<String, any Error>] = [:]

        func path(_ tree: ContainerTree) async throws -> String {
            let build =
                builds[tree]
                ?? Task {
                    let output = "\(Checkout.cache)/trees/\(tree.rawValue)"
                    try await ImageBuilder(recipe: tree.recipe, cache: Checkout.cache + "/images")
                        .build(output: output)
                    return output + "/root"
                }
            builds[tree] = build
            return try await build.value
        }
    }
}
