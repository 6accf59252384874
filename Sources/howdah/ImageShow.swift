internal import ArgumentParser
internal import ImageBuild

struct ImageShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say what an image is made of.",
        discussion: """
            Example: howdah image show build/master
            """)

    @Argument(help: "The folder of the image.", completion: .directory)
    var image: String

    @Flag(help: "List the packages.")
    var packages = false

    @Flag(help: "Print image.json.")
    var json = false

    func run() async throws {
        let built = try BuiltImage.read(absolutePath(image))
        if json { return try Terminal.printJSON(built) }
        print("\(built.name) for \(built.architecture), no time after \(built.epoch)")
        print("\(built.files) files, \(built.bytes >> 20) MiB, \(built.packages.count) packages")
        print("manifest sha256:\(built.manifest)")
        for layer in built.layers {
            print("layer \(layer.recipe): \(layer.bytes >> 20) MiB, key \(layer.key)")
        }
        guard packages else { return }
        for (name, version) in built.packages.sorted(by: { $0.key < $1.key }) {
            print("\(name) \(version)")
        }
    }
}
