internal import CLinux
internal import Cluster
internal import Digests
internal import Glibc
internal import Host

/// A recipe with all recipes below it, the lowest first, and the files that they name.
struct RecipeChain: Sendable {
    static let maximumLength = 16
    static let fileName = "recipe.yaml"

    struct Link: Sendable {
        var recipe: Recipe
        /// The recipe's folder, canonical.
        var folder: String
        /// What each source of the recipe is; an optional input that is not given has none.
        var sources: [ResolvedSource]
        /// Of the layer that it makes.
        var key = ""

        func path(of source: RecipeSource) -> String? {
            sources.first { $0.source == source }?.path
        }
    }

    struct ResolvedSource: Sendable, Equatable {
        var source: RecipeSource
        /// Absolute.
        var path: String
    }

    var links: [Link]

    /// Reads the chain. `inputs` are paths by name, which must be inputs of some recipe in it.
    static func load(_ path: String, inputs: [String: String]) throws -> RecipeChain {
        var links: [Link] = []
        var next: String? = path
        while let path = next {
            let (recipe, folder) = try read(path)
            guard links.count < maximumLength, !links.contains(where: { $0.folder == folder })
            else {
                throw ImageError("'\(folder)/\(fileName)': its chain of 'from' has no end")
            }
            links.insert(Link(recipe: recipe, folder: folder, sources: []), at: 0)
            next = recipe.from.map { absolute($0, from: folder) }
        }
        try refuseUnknown(inputs, links)
        for index in links.indices {
            links[index].sources = try resolve(links[index], inputs)
        }
        return RecipeChain(links: links)
    }

    /// What `epoch:` nearest to the top says.
    var epoch: Int { links.last { $0.recipe.epoch != nil }?.recipe.epoch ?? Recipe.defaultEpoch }

    /// SHA-256 of what an image of the chain is checked for, which is in no layer's key.
    var rules: String {
        var lines = CanonicalLines()
        lines.add("howdah rules", "\(AbsenceRules.version)", "\(SecretScan.version)")
        lines.add("checks", links.flatMap(\.recipe.checks))
        lines.add("absent", links.flatMap(\.recipe.absent))
        return Digest.of(Array(lines.text.utf8)).hex
    }

    /// Computes the key of each layer from what goes into it.
    mutating func computeKeys(epoch: Int, architecture: String) throws {
        var below = ""
        for index in links.indices {
            let contents = try links[index].sources.map { source in
                let isBase = links[index].recipe.bootstrap?.source == source.source
                return (
                    LayerKey.name(of: source.source),
                    try SourceContent.digest(source.path, withOwners: isBase)
                )
            }
            below = LayerKey.make(
                recipe: links[index].recipe.canonicalText, contents: contents, below: below,
                epoch: epoch, architecture: architecture)
            links[index].key = below
        }
    }

    private static func read(_ path: String) throws -> (Recipe, folder: String) {
        let named =
            path.hasSuffix("/\(fileName)") ? String(path.dropLast(fileName.count + 1)) : path
        guard let folder = try? canonical(named),
            let bytes = try Files().readIfPresent("\(folder)/\(fileName)")
        else {
            throw ImageError("no recipe at '\(path)': expected a folder with a '\(fileName)'")
        }
        let file = "\(folder)/\(fileName)"
        return (try Recipe(bytes, file: file), folder)
    }

    private static func absolute(_ path: String, from folder: String) -> String {
        path.hasPrefix("/") ? path : folder + "/" + path
    }

    private static func refuseUnknown(_ inputs: [String: String], _ links: [Link]) throws {
        let known = Set(links.flatMap { $0.recipe.inputs.map(\.name) }).sorted()
        for name in inputs.keys.sorted() where !known.contains(name) {
            let hint =
                known.isEmpty
                ? "the recipe has none" : "it has '\(known.joined(separator: "', '"))'"
            throw ImageError("'\(name)' is no input of the recipe: \(hint)")
        }
    }

    private static func resolve(
        _ link: Link, _ inputs: [String: String]
    ) throws -> [ResolvedSource] {
        var resolved: [ResolvedSource] = []
        for source in link.recipe.sources {
            var path: String
            switch source {
            case .file(let name): path = absolute(name, from: link.folder)
            case .input(let name):
                let input = link.recipe.inputs.first { $0.name == name }
                if let given = inputs[name] {
                    path = given
                } else if let standard = input?.path {
                    path = absolute(standard, from: link.folder)
                    if input?.isOptional == true, access(path, F_OK) != 0 { continue }
                } else if input?.isOptional == true {
                    continue
                } else {
                    throw ImageError(
                        "recipe '\(link.recipe.name)' needs the input '\(name)':"
                            + " give it by --set \(name)=PATH")
                }
            }
            do {
                path = try canonical(path)
            } catch {
                throw ImageError(
                    "recipe '\(link.recipe.name)', \(LayerKey.name(of: source)): \(error)")
            }
            resolved.append(ResolvedSource(source: source, path: path))
        }
        return resolved
    }

    private static func canonical(_ path: String) throws(FileError) -> String {
        guard let found = realpath(path, nil) else {
            throw FileError("read", path, code: errno)
        }
        defer { free(found) }
        return String(cString: found)
    }
}

extension Recipe {
    /// Each source once, in the order of the recipe.
    var sources: [RecipeSource] {
        var all: [RecipeSource] = []
        if let source = bootstrap?.source { all.append(source) }
        for file in files {
            if case .source(let source) = file.content, !all.contains(source) {
                all.append(source)
            }
        }
        return all
    }
}

extension Bootstrap {
    var source: RecipeSource? {
        switch self {
        case .folder(let source), .tar(let source): source
        case .debian, .dnf: nil
        }
    }
}

/// The digest of a file or folder that goes into an image.
enum SourceContent {
    /// Owners and modes count for a whole tree alone: those of a checkout depend on who made it.
    static func digest(_ path: String, withOwners: Bool) throws -> Digest {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError("read", path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            let content = try FileContent.read(path, secretsUnder: nil)
            return Digest.of(Array("\(content.digest.hex) \(status.st_mode & 0o100)\n".utf8))
        }
        var entries = try TreeScan(looksForSecrets: false).run(path).manifest.entries
        if !withOwners {
            for index in entries.indices {
                entries[index].mode = entries[index].isDirectory ? 0 : entries[index].mode & 0o100
                (entries[index].user, entries[index].group) = (0, 0)
                entries[index].attributes = nil
            }
        }
        return Digest.of(Array(Manifest(entries).text.utf8))
    }
}
