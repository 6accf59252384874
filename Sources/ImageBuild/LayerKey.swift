internal import Digests

/// The name of a layer in the cache: what it is made from, hashed. Equal keys mean equal trees.
enum LayerKey {
    /// Goes up with every change of how a layer is made from the same recipe.
    static let formatVersion = 2

    static func make(
        recipe: String, contents: [(name: String, digest: Digest)], below: String, epoch: Int,
        architecture: String
    ) -> String {
        var lines = CanonicalLines()
        lines.add("howdah layer", "\(formatVersion)", architecture, "\(epoch)", below)
        lines.add("recipe", recipe)
        for content in contents { lines.add("content", content.name, content.digest.hex) }
        return Digest.of(Array(lines.text.utf8)).hex
    }

    static func name(of source: RecipeSource) -> String {
        switch source {
        case .input(let name): "input '\(name)'"
        case .file(let path): "file '\(path)'"
        }
    }
}
