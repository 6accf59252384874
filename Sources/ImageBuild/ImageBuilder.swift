internal import Digests
internal import FoundationEssentials
internal import Glibc
internal import Host

/// Builds an image from a recipe: layers from the cache where they are there, others anew, and
/// above all of them one tree that is checked before it counts.
public struct ImageBuilder: Sendable {
    /// The folder of the recipe.
    public var recipe: String
    /// Paths by the names of the recipe's inputs.
    public var inputs: [String: String]
    /// Where layers and package files are kept; one build at a time uses it.
    public var cache: String
    /// Where the package files of builds are kept; nil for a folder in the cache.
    public var packages: String?
    /// Seconds since 1970 that no time in the image lies after; nil for what the recipe says.
    public var epoch: Int?
    /// Ask package repositories anew, instead of using the lists of an earlier build.
    public var refreshesPackages = false
    /// Told what happens, a line at a time.
    public var say: @Sendable (String) -> Void

    public init(
        recipe: String, inputs: [String: String] = [:], cache: String, epoch: Int? = nil,
        say: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.recipe = recipe
        self.inputs = inputs
        self.cache = cache
        self.epoch = epoch
        self.say = say
    }

    /// Puts the image into `output`: `root` (the tree), `manifest` and, last, `image.json`.
    ///
    /// An image that is there already and is made from the same is left alone. Another one is
    /// replaced: nobody may be using it. Nothing else ever is: a folder with other files in it is
    /// refused, and so is such a cache. Nothing is left behind by a build that fails.
    /// Errors: ``ImageError``, ConfigurationError, FileError, CancellationError.
    @discardableResult
    public func build(output: String) async throws -> BuiltImage {
        guard getuid() == 0 else {
            throw ImageError("building an image needs root: owners, mounts and chroot")
        }
        let cache = try canonical(cache)
        let output = try canonical(output)
        try OwnFolder.cache.claim(cache)
        try OwnFolder.image.claim(output)
        let lock = try await BuildLock.take(cache, say: say)
        var chain = try RecipeChain.load(recipe, inputs: inputs)
        let epoch = epoch ?? chain.epoch
        let architecture = Self.architecture()
        say("hashing what the recipes name")
        try chain.computeKeys(epoch: epoch, architecture: architecture)
        if let image = try existing(output, chain, epoch) {
            say("'\(output)' is up to date")
            return image
        }
        // As in a cache: nobody patches the programs with set-user-ID in a tree.
        try Files().changeMode(output, 0o700)
        let folders = LayerCache(
            folder: cache, packages: try packages.map(canonical) ?? cache + "/packages")
        let layers = try await layers(chain, folders, epoch, lock.descriptor)
        let image = ImageSeal(
            chain: chain, layers: layers, epoch: epoch, architecture: architecture,
            work: "\(output)/.building", lock: lock.descriptor, say: say)
        return try await image.write(to: output)
    }

    private func canonical(_ folder: String) throws -> String {
        try Files().makeDirectory(folder)
        let path = try Files().canonical(folder)
        // overlayfs reads these as separators.
        guard !path.contains(where: { ":,\\ ".contains($0) || $0.isNewline }) else {
            throw ImageError("'\(path)': a cache or image may lie below no folder with ':,\\ '")
        }
        return path
    }

    private func existing(
        _ output: String, _ chain: RecipeChain, _ epoch: Int
    ) throws -> BuiltImage? {
        guard let image = try? BuiltImage.read(output), Files().isDirectory(output + "/root")
        else { return nil }
        let isSame =
            image.format == BuiltImage.formatVersion && image.epoch == epoch
            && image.layers.map(\.key) == chain.links.map(\.key)
            && image.rules == chain.rules
        return isSame ? image : nil
    }

    private func layers(
        _ chain: RecipeChain, _ cache: LayerCache, _ epoch: Int, _ lock: Int32
    ) async throws -> [LayerCache.Layer] {
        var layers: [LayerCache.Layer] = []
        for (index, link) in chain.links.enumerated() {
            if let layer = try cache.layer(link.key) {
                say("layer \(link.recipe.name): from the cache")
                layers.append(layer)
                continue
            }
            say("layer \(link.recipe.name): building")
            let builder = LayerBuilder(
                cache: cache, chain: chain, index: index, below: layers, epoch: epoch,
                refreshesPackages: refreshesPackages, lock: lock, say: say)
            layers.append(try await builder.run())
        }
        return layers
    }

    /// As uname(2) says.
    static func architecture() -> String {
        var name = utsname()
        uname(&name)
        return withUnsafeBytes(of: &name.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

extension BuiltImage {
    /// What is in a folder that ``ImageBuilder`` wrote. A folder without an image is an error.
    public static func read(_ folder: String) throws -> BuiltImage {
        guard let json = try Files().readIfPresent("\(folder)/\(fileName)") else {
            throw ImageError("no image in '\(folder)': it has no '\(fileName)'")
        }
        do {
            return try JSONDecoder().decode(BuiltImage.self, from: Data(json))
        } catch {
            throw ImageError("'\(folder)/\(fileName)' is not readable: \(error)")
        }
    }
}
