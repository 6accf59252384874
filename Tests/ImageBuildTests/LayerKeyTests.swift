import Digests
import Testing

@testable import ImageBuild

@Suite struct LayerKeyTests {
    static let text = RecipeTests.base + "packages: [a, b]\n"

    private func key(
        _ text: String = text, content: String = "x", below: String = "", epoch: Int = 1,
        architecture: String = "x86_64"
    ) throws -> String {
        let recipe = try Recipe(Array(text.utf8), file: "recipe.yaml")
        return LayerKey.make(
            recipe: recipe.canonicalText,
            contents: [("file 'tree'", Digest.of(Array(content.utf8)))], below: below,
            epoch: epoch, architecture: architecture)
    }

    @Test func `the layout of a recipe does not change the key`() throws {
        let other = """
            # a comment
            name: "tiny"
            howdah-image: "1"
            packages:
              - a
              - b
            bootstrap:
              file: tree
              tool: folder
            """
        let (one, two) = (try key(), try key(other))
        #expect(one == two)
    }

    @Test func `whatever a layer is made from changes its key`() throws {
        let keys = [
            try key(), try key(content: "y"), try key(below: "z"), try key(epoch: 2),
            try key(architecture: "aarch64"), try key(RecipeTests.base + "packages: [a]\n"),
            try key(RecipeTests.base + "packages: ['a', 'b']\ncommands: ['c']\n"),
            try key(RecipeTests.base + "packages: [b, a]\n"),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func `a check changes no key, since it changes no tree`() throws {
        let (plain, checked) = (try key(), try key(Self.text + "checks: ['true']\n"))
        #expect(plain == checked)
    }

    @Test func `which file a path is made from counts, not only which files there are`() throws {
        let keys = try ["aab", "abb"].map { sources in
            let files = zip(["/x", "/y", "/z"], sources).map { "{ to: \($0), file: \($1) }" }
            return try key(
                RecipeTests.base + "files: [\(files.joined(separator: ", "))]\n")
        }
        #expect(keys[0] != keys[1])
    }

    @Test func `no text of a recipe can pass for two`() throws {
        let one = try key(RecipeTests.base + "commands: [\"a 1:b\"]\n")
        let two = try key(RecipeTests.base + "commands: [a, b]\n")
        #expect(one != two)
    }
}
